import pytest

from gateway.scan.extractors.rtf import RtfExtractor
from tests.support import files
from tests.support.extracting import opened

EXTRACTOR = RtfExtractor()
COMPOUND = files.compound({"Contents": b"x"})


def test_an_object_is_handed_out_without_its_wrapping() -> None:
    inside = opened(EXTRACTOR, files.rich_text(COMPOUND))

    assert inside.contents == [COMPOUND]


def test_a_packed_file_comes_out_under_its_own_name() -> None:
    package = files.ole_package("facture.exe", files.program())[4:]
    inside = opened(EXTRACTOR, files.rich_text(package, b"Package\0"))

    assert inside.files == {"facture.exe": files.program()}


def test_digits_that_are_torn_apart_are_put_together() -> None:
    digits = files.ole1_object(COMPOUND).hex()
    torn = digits[:9] + "\r\n\t" + digits[9:20] + "{\\*\\junk 1234}{" + digits[20:41] + "}"
    inside = opened(EXTRACTOR, files.rich_text_of(torn + "\\par " + digits[41:]))

    assert inside.contents == [COMPOUND]


def test_binary_runs_belong_to_the_object() -> None:
    data = files.ole1_object(COMPOUND)
    mixed = data[:30].hex().encode() + b"\\bin%d " % len(data[30:]) + data[30:]
    inside = opened(EXTRACTOR, b"{\\rtf1{\\*\\objdata " + mixed + b"}}")

    assert inside.contents == [COMPOUND]


def test_an_object_with_a_broken_wrapping_is_handed_out_from_where_it_begins() -> None:
    inside = opened(EXTRACTOR, files.rich_text_of("0105000099" + COMPOUND.hex()))

    assert inside.contents == [COMPOUND]


def test_every_object_is_handed_out_and_the_end_may_be_missing() -> None:
    data = (
        files.rich_text(COMPOUND) + b"{\\*\\objdata " + files.ole1_object(COMPOUND).hex().encode()
    )

    assert opened(EXTRACTOR, data).contents == [COMPOUND, COMPOUND]


def test_text_without_objects_is_clean() -> None:
    inside = opened(EXTRACTOR, b"{\\rtf1 Bonjour \\objdatax abcd}")

    assert inside.is_clean
    assert inside.members == []


@pytest.mark.slow
def test_many_objects_without_an_end_are_read_in_linear_time() -> None:
    assert opened(EXTRACTOR, b"{\\rtf1" + b"{\\objdata 00" * 20_000).contents == [b"\0"] * 20_000


def test_an_object_inside_another_one_hides_neither() -> None:
    digits = files.ole1_object(COMPOUND).hex()
    inner = "{\\*\\objdata " + files.ole1_object(files.docx()).hex() + "}"
    inside = opened(EXTRACTOR, files.rich_text_of(digits[:50] + inner + digits[50:]))

    assert inside.contents == [files.docx(), COMPOUND]
