"""Codes that a telephone reads from a picture: the one place that imports zxing-cpp."""

import zxingcpp

from gateway.scan.formats.pictures.pictures import Grey

# What the cameras of telephones follow. Bars on parcels and tubes are numbers, and cost more time.
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.Aztec,
    ]
)
_SMALLEST = 11
"""Modules on the side of the smallest code."""
_PIXELS_INVERTED = 400_000
"""White codes on black are looked for in small pictures: it takes as long once more."""


def texts(picture: Grey) -> tuple[str, ...]:
    """What each code in the picture says."""
    if min(picture.width, picture.height) < _SMALLEST:
        return ()
    pixels = memoryview(picture.pixels).cast("B", shape=[picture.height, picture.width])
    found = zxingcpp.read_barcodes(
        pixels,
        formats=_FORMATS,
        try_downscale=False,
        try_invert=picture.width * picture.height <= _PIXELS_INVERTED,
    )
    return tuple(dict.fromkeys(code.text for code in found if code.text))
