import base64

import pytest

from gateway.mime import calendar

DATA = b"MZ" * 100
LETTERS = base64.b64encode(DATA).decode()
FOLDED = "\r\n ".join(LETTERS[at : at + 60] for at in range(0, len(LETTERS), 60))


@pytest.mark.parametrize(
    ("kind", "entry", "name"),
    [
        ("VCALENDAR", f"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.exe:{FOLDED}", b"a.exe"),
        ("VCALENDAR", f'ATTACH;FILENAME="a:b.exe";ENCODING=BASE64:{FOLDED}', b"a:b.exe"),
        ("VCALENDAR", f"ATTACH:data:application/x;base64,{FOLDED}", b""),
        ("VCARD", f"KEY;ENCODING=b:{FOLDED}", b""),
        ("VCARD", f"PHOTO;BASE64:{FOLDED}", b""),
    ],
)
def test_a_file_inside_is_found(kind: str, entry: str, name: bytes) -> None:
    text = f"BEGIN:{kind}\r\nBEGIN:VEVENT\r\n{entry}\r\nEND:{kind}\r\n".encode()

    (found,) = calendar.find(text)

    assert (found.name, found.data) == (name, DATA)


def test_links_and_words_are_no_files() -> None:
    text = b"BEGIN:VCALENDAR\r\nATTACH:https://example.org/BASE64\r\nKEY;X=1:abc\r\n"

    assert list(calendar.find(text)) == []
    assert list(calendar.find(b"ATTACH;ENCODING=BASE64:QUJD")) == []
