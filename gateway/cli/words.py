"""What the commands say, in the language of whoever reads it: English, or French by locale.

The English text is the key, so the code reads as the program speaks. What programs read (JSON,
classes, states, codes) and what is recorded is never translated.
"""

import os

from gateway.cli.french import FRENCH

_LANGUAGES = {"fr": FRENCH}


def say(text: str, /, **values: object) -> str:
    """``text`` in the reader's language, with ``values`` in its places."""
    return _LANGUAGES.get(language(), {}).get(text, text).format(**values)


def language() -> str:
    """The language of messages, as the C library would choose it: ``fr``, ``en``, ``C``, ..."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "C").replace(".", "_").partition("_")[0]
