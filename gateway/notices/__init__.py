"""What a recipient reads when a message was held."""
