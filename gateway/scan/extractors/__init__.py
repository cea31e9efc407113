"""One module per container format; the list is in gateway/scan/builtin.py."""
