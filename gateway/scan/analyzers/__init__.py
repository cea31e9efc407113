"""One module per way of looking; the list is in gateway/scan/builtin.py."""
