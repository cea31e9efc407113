"""Every test reads English, whatever the locale of whoever runs it."""

import os

os.environ["LC_ALL"] = "C.UTF-8"
