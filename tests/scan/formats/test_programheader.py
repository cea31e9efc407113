"""An administrator reads for whom a program is made, and how it is packed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan.formats.programheader import describe
from gateway.scan.kinds import Kind
from tests.support import programs


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (programs.windows(), Kind.PE, "a program for Windows (64 bit, console)"),
        (programs.windows(is_library=True), Kind.PE, "a library for Windows (64 bit, console)"),
        (b"MZ" + bytes(200), Kind.PE, "a program for DOS"),
        (b"MZ\0", Kind.PE, "a program with a damaged header"),
        (programs.linux(), Kind.ELF, "a program for Linux (64 bit)"),
        (programs.linux(programs.PACKED_SCRIPT), Kind.ELF,
         "a program for Linux (64 bit), carries packed scripts"),
        (programs.mac(), Kind.MACHO, "a program for macOS (64 bit)"),
        (b"PK", Kind.JAR, "a program for Java"),
        (b"text", Kind.TEXT, "by its name; it is text"),
    ],
)  # fmt: skip
def test_a_header_is_told_in_words(data: bytes, kind: Kind, words: str) -> None:
    assert describe(data, kind) == words


def test_packers_signatures_and_loads_are_told() -> None:
    data = programs.windows(section=b"UPX0", signed=True, tail=bytes(2000))

    assert describe(data, Kind.PE).endswith(
        ", signed, which was not checked, packed by UPX, 2000 bytes behind its end"
    )


def test_the_name_that_its_maker_gave_it_is_told() -> None:
    name = "OriginalFilename\0\0setup.exe\0".encode("utf-16-le")

    assert describe(programs.windows(tail=name), Kind.PE).endswith(", made as setup.exe")


@given(st.binary(max_size=400), st.sampled_from([Kind.PE, Kind.ELF, Kind.MACHO]))
def test_any_bytes_are_told_in_words(data: bytes, kind: Kind) -> None:
    assert describe(b"MZ" + data, kind)
