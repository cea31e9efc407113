"""A lockbox: holds items encrypted on disk, and knows nothing of who puts them there."""
