"""A file that a text carries within it, whatever the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file found in a text; ``name`` is as the text spells it, b"" if it gives none."""

    name: bytes
    data: bytes
    declared_type: str = "application/octet-stream"


Finder = Callable[[bytes], Iterator[Embedded]]
