"""Pictures as grey pixels, within bounds: the one place that imports Pillow."""

import warnings
from dataclasses import dataclass
from enum import Enum, auto
from io import BytesIO

from PIL import Image

_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_MOST_PIXELS = 40_000_000
"""A page scanned at 600 dpi has 35 million."""
_PIXELS_LOOKED_AT = 1_200_000
"""A code on a photograph of a letter keeps three of them a module."""
_BOMB_PIXELS = 200_000_000
_BOMB_PIXELS_PER_BYTE = 200
_BROKEN = (
    Image.DecompressionBombError,
    ArithmeticError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What Pillow raises for damaged pictures, found by feeding it such."""

# Pillow loads its readers when they are first asked for; a worker may open no files by then.
Image.init()
# What is too much is judged below, before a pixel is read.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Grey:
    """A picture of one byte a pixel, row by row."""

    width: int
    height: int
    pixels: bytes


class Unread(Enum):
    """Why there are no pixels."""

    UNKNOWN = auto()
    """A format that is not read here, or a damaged file."""
    TOO_BIG = auto()
    BOMB = auto()
    """So many pixels in so few bytes that programs which show it run out of memory."""


def grey(data: bytes) -> Grey | Unread:
    """The first frame of a picture, made smaller where it is big."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(BytesIO(data), formats=_FORMATS) as picture,
        ):
            too_much = _too_much(picture.width * picture.height, len(data))
            return too_much or _pixels(picture)
    except _BROKEN:
        return Unread.UNKNOWN


def _too_much(pixels: int, size: int) -> Unread | None:
    if pixels > _BOMB_PIXELS and pixels > size * _BOMB_PIXELS_PER_BYTE:
        return Unread.BOMB
    return Unread.TOO_BIG if pixels > _MOST_PIXELS else None


def _pixels(picture: Image.Image) -> Grey:
    # A JPEG is read at a half or a quarter for a fraction of the cost.
    picture.draft("L", (1100, 1100))
    flat: Image.Image = picture
    if picture.has_transparency_data:
        flat = Image.new("RGBA", picture.size, "white")
        flat.alpha_composite(picture.convert("RGBA"))
    flat = flat.convert("L")
    while flat.width * flat.height > _PIXELS_LOOKED_AT:
        flat = flat.reduce(2)
    return Grey(flat.width, flat.height, flat.tobytes())
