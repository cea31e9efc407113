"""Nothing here knows about a transport: message bytes in, parts out."""
