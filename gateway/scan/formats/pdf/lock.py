"""What qpdf does for us: takes the lock off a PDF, or writes it anew with its streams in plain."""

from io import BytesIO

import pikepdf

from gateway.scan.formats.pdf.values import spelled

_ENCRYPTION = spelled("Encrypt")
_BROKEN = (pikepdf.PdfError, RuntimeError, ValueError)
"""What qpdf raises for a damaged file, or for a lock that it does not know."""


def prime() -> None:
    """Have qpdf open its source of chance, which it keeps: it asks for it even to read AES-256."""
    with pikepdf.new() as document:
        document.save(BytesIO(), encryption=pikepdf.Encryption(user="", owner="", R=6))


def is_locked(data: bytes) -> bool:
    """Whether ``data`` is encrypted: most such files open with the empty password.

    The word alone is no lock, and a file that qpdf cannot read may have one.
    """
    if not _ENCRYPTION.search(data):
        return False
    try:
        with pikepdf.open(BytesIO(data)) as document:
            return bool(document.is_encrypted)
    except (pikepdf.PasswordError, *_BROKEN):
        return True


def unlocked(data: bytes, password: str) -> bytes | None:
    """``data`` without its lock; None if it does not open with ``password``."""
    out = BytesIO()
    try:
        with pikepdf.open(BytesIO(data), password=password, attempt_recovery=True) as document:
            document.save(
                out,
                encryption=False,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            )
    except (pikepdf.PasswordError, *_BROKEN):
        return None
    return out.getvalue()


def opens(data: bytes, password: str) -> bool:
    """Whether ``data`` opens with ``password``."""
    try:
        pikepdf.open(BytesIO(data), password=password).close()
    except (pikepdf.PasswordError, *_BROKEN):
        return False
    return True


def rewritten(data: bytes) -> bytes | None:
    """The same document with every stream in plain; None if qpdf cannot read it."""
    out = BytesIO()
    try:
        with pikepdf.open(BytesIO(data)) as document:
            document.save(
                out,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
    except (pikepdf.PasswordError, *_BROKEN):
        return None
    return out.getvalue()
