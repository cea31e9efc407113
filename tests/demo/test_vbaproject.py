"""What we write as a VBA project is read back to the letter."""

from gateway.demo.vbaproject import compress, vba_project
from gateway.scan.formats.office.vba import Module, decompress, modules


def test_every_module_is_read_back() -> None:
    long = "' commentaire\r\n" * 800

    read = list(modules(vba_project({"ThisDocument": "Sub A()\r\nEnd Sub\r\n", "Long": long})))

    assert [module.name for module in read if isinstance(module, Module)] == [
        "ThisDocument",
        "Long",
    ]
    assert isinstance(read[1], Module)
    assert read[1].source.rstrip(" ").endswith(long)


def test_bytes_of_any_length_are_packed_and_unpacked() -> None:
    for length in (1, 8, 9, 3600, 4095, 4096, 5000):
        assert decompress(compress(b"a" * length)).rstrip(b" ") == b"a" * length


def test_a_chunk_never_holds_more_than_4096_bytes() -> None:
    assert compress(b"a" * 4096)[1:3] == b"\xff\x3f"
    assert compress(b"a" * 8) == b"\x01\x08\xb0\x00aaaaaaaa"
