"""What findings mean, by area; `gateway/scan/codes.py` puts them together."""
