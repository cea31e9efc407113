"""Pictures with codes for telephones, as a sender makes them."""

import io
from typing import Any

import zxingcpp
from PIL import Image


def code(text: str) -> Image.Image:
    drawn: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    return Image.fromarray(drawn).convert("L")


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def page(
    *, picture: Image.Image | None = None, text: str = "", drawing: str = "", pages: int = 1
) -> bytes:
    """A PDF with ``text`` on every page and ``picture`` on the last of its ``pages``."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for number in range(pages):
        is_last = number == pages - 1
        content = f"{drawing} BT /F 10 Tf 40 700 Td ({text}) Tj ET\n".encode("latin-1")
        resources = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        if picture is not None and is_last:
            content += b"q 120 0 0 120 40 500 cm /P Do Q"
            pixels = picture.tobytes()
            size = b"/Width %d /Height %d" % picture.size
            head = b"<< /Type /XObject /Subtype /Image %s /BitsPerComponent 8" % size
            head += b" /ColorSpace /DeviceGray /Length %d >>" % len(pixels)
            objects.append(head + b"\nstream\n" + pixels + b"\nendstream")
            resources += b" /XObject << /P %d 0 R >>" % len(objects)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        content_number = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << %s >> >>" % (content_number, resources)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _written(objects)


def _written(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
    return out + trailer % (len(objects) + 1, start)
