"""Scripts in Microsoft's encoding, as its own tool wrote them."""

from gateway.scan.formats.text import scriptcode

_ESCAPES = {"\n": "@&", "\r": "@#", ">": "@*", "<": "@!", "@": "@$"}


def encoded(text: str) -> bytes:
    """``text`` turned round: for each character, what the reader turns into it."""
    letters = ""
    for turn, character in enumerate(text):
        # The reader counts the character that an escape of two letters stands for.
        letters += _ESCAPES.get(character) or _letter(character, scriptcode._TURNS[turn % 64])
    return f"#@~^AAAAAA=={letters}AAAAAA==^#~@".encode("latin-1")


def _letter(character: str, turn: int) -> str:
    candidates = (9, *range(32, 128))
    return next(
        chr(byte)
        for byte in candidates
        if byte not in b"<>@" and scriptcode._meaning(byte, turn) == ord(character)
    )
