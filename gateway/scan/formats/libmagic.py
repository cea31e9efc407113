"""What libmagic says a file is: the one place that imports it."""

import pylibmagic  # noqa: F401, I001 - puts its copy of the library where magic looks for it
import magic

_LOOKED_AT = 1 << 20
# Made when the module is imported: a worker that may open no files has the database already.
_MAGIC = magic.Magic(mime=True)


def mime_type(data: bytes) -> str:
    """Name a MIME type for ``data`` by its first mebibyte; "" when libmagic cannot."""
    try:
        return str(_MAGIC.from_buffer(data[:_LOOKED_AT]))
    except (magic.MagicException, UnicodeError):
        return ""
