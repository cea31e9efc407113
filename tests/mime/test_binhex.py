import base64

from gateway.mime import binhex


def encoded(data: bytes, name: bytes = b"setup.exe") -> bytes:
    file = bytes([len(name)]) + name + bytes(11) + len(data).to_bytes(4, "big") + bytes(6) + data
    packed = (file + bytes(2)).replace(b"\x90", b"\x90\x00")
    letters = base64.b64encode(packed).rstrip(b"=")
    body = letters.translate(bytes.maketrans(binhex._TO, binhex._FROM))
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + body + b":\r\n"


def test_a_file_is_found_among_words() -> None:
    data = bytes(range(256))

    (found,) = binhex.find(b"Hello\r\n" + encoded(data))

    assert (found.name, found.data) == (b"setup.exe", data)


def test_runs_are_expanded_within_bounds() -> None:
    assert binhex._expand(b"a\x90\x05b", 100) == b"aaaaab"
    assert len(binhex._expand(b"a" + b"\x90\xff" * 1_000, 500)) <= 500 + 255 + 2_000


def test_damaged_files_are_short_and_words_are_words() -> None:
    begin = b"(This file must be converted with BinHex 4.0)"

    assert [found.data for found in binhex.find(begin + b"\r\n:!!:")] == [b""]
    assert list(binhex.find(begin)) == []
