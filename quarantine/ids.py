"""Item ids: sixteen characters that sort by time and can be read out on the telephone."""

import secrets
from datetime import datetime

from quarantine.errors import NotFoundError

LENGTH = 16
_TIME_CHARACTERS = 9
# Crockford's alphabet has no i, l, o and u: nothing in it is easily taken for another.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOKALIKES = str.maketrans("ilo", "110")


def new_id(now: datetime) -> str:
    """An id for an item held ``now``: milliseconds since 1970, then 35 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    random_bits = secrets.randbits(5 * (LENGTH - _TIME_CHARACTERS))
    return _spell(milliseconds, _TIME_CHARACTERS) + _spell(random_bits, LENGTH - _TIME_CHARACTERS)


def read_id(typed: str) -> str:
    """An id or the beginning of one, as a person typed it, in the spelling that is stored."""
    text = typed.strip().lower().replace("-", "").translate(_LOOKALIKES)
    if not text or len(text) > LENGTH or not set(text) <= set(_ALPHABET):
        raise NotFoundError(
            f"{typed[:40]!r} is not the id of an item: give the first characters of one, "
            f"or all {LENGTH}, such as '1p2v9x'"
        )
    return text


def _spell(number: int, characters: int) -> str:
    places = range(5 * (characters - 1), -1, -5)
    return "".join(_ALPHABET[number >> place & 31] for place in places)
