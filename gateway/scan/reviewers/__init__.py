"""Ways of looking at all files of a message together, once each was looked at by itself."""
