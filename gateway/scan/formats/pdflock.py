"""Tells whether a PDF opens only with a password: its text and its scripts then show nothing."""

from io import BytesIO

import pikepdf

_ENCRYPTION = b"/Encrypt"


def needs_password(data: bytes) -> bool:
    """True if ``data`` is encrypted and does not open with the empty password.

    Most encrypted PDFs do: they only forbid printing or copying.
    """
    if _ENCRYPTION not in data:
        return False
    try:
        pikepdf.open(BytesIO(data)).close()
    except (pikepdf.PasswordError, pikepdf.PdfError, RuntimeError, ValueError):
        # Damaged, or encrypted in a way that qpdf does not know: nobody has seen into it either.
        return True
    return False
