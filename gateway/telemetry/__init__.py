"""What the gateway tells of itself: log, figures, health."""
