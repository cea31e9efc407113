"""Pictures: where they end, what they show, which codes are in them."""
