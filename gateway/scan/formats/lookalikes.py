"""Letters that look like others: a name that mixes them is read as one thing and is another."""

import re
import unicodedata

# Cyrillic and Greek letters that no reader tells from a Latin one (Unicode, confusables.txt).
# Alpha, beta, gamma and mu are left out: medicine writes them beside Latin ones.
_LOOKS_LIKE = (
    # Cyrillic
    (
        "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0455\u0456\u0458\u04bb\u0501\u051b\u051d",
        "aceopxysijhdqw",
    ),
    (
        "\u04cf\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422",
        "lABCEHIJKMOPST",
    ),
    ("\u0425\u0423", "XY"),
    # Greek
    ("\u03bf\u039f\u03a1\u03a4\u03a7\u0396\u0399\u039a\u039c\u039d\u0395\u0397", "oOPTXZIKMNEH"),
)
_PAIRS = [pair for letters, latin in _LOOKS_LIKE for pair in zip(letters, latin, strict=True)]
_PLAIN = str.maketrans(dict(_PAIRS))
_OTHERS = "".join(letters for letters, _ in _LOOKS_LIKE)
_WORD = re.compile(rf"[A-Za-z{_OTHERS}]+")
_DOTS = str.maketrans({"\u2024": ".", "\uff0e": ".", "\ufe52": ".", "\u3002": "."})


def mixed_word(name: str) -> str:
    """The first word of ``name`` that mixes Latin letters with such as look like them, or ""."""
    for found in _WORD.finditer(name):
        word = found[0]
        if not word.isascii() and any(letter.isascii() for letter in word):
            return word
    return ""


def plain(name: str) -> str:
    """``name`` as its reader takes it: narrow letters, one kind of dot, look-alikes as Latin."""
    return unicodedata.normalize("NFKC", name.translate(_DOTS)).translate(_PLAIN)
