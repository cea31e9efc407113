"""PDF documents of a few objects, built on the spot; nothing in them does anything."""

import zlib
from io import BytesIO

import pikepdf

_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {} >>"


def document(catalog: str = "", page: str = "", *others: str | bytes, table: bool = True) -> bytes:
    """A document of one page; ``others`` are the objects from number 4 on."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE.format(page).encode(),
        *(one.encode("latin-1") if isinstance(one, str) else one for one in others),
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    at = len(out)
    if table:
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % at


def stream(data: bytes, entries: str = "/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    """An object that is a stream."""
    body = zlib.compress(data) if packed else data
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(body), entries.encode(), body)


def object_stream(*objects: tuple[int, str], entries: str = "/Type /ObjStm") -> bytes:
    """An object stream with ``objects`` by number."""
    bodies = [f"{body} ".encode() for _, body in objects]
    offsets = [sum(map(len, bodies[:index])) for index in range(len(bodies))]
    head = (
        " ".join(f"{n} {at}" for (n, _), at in zip(objects, offsets, strict=True)).encode() + b" "
    )
    counts = f"{entries} /N {len(objects)} /First {len(head)} /Filter /FlateDecode"
    return stream(head + b"".join(bodies), counts)


def locked(plain: bytes, *, user: str, owner: str = "owner") -> bytes:
    """``plain`` encrypted so that ``user`` opens it; "" lets everybody in."""
    out = BytesIO()
    with pikepdf.open(BytesIO(plain)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()
