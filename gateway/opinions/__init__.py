"""Who else has a say about a message, beside our own scan."""
