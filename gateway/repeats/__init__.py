"""What is remembered of messages: under way, taken already, deadly to workers."""
