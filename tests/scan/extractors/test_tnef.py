from gateway.scan.extractors.tnef import TnefExtractor
from tests.support import files
from tests.support.containers import (
    HELLO,
    HELLO_PLAIN,
    mapi,
    named_mapi,
    tnef,
    tnef_attachment,
)
from tests.support.extracting import opened

EXTRACTOR = TnefExtractor()


def test_each_attachment_comes_out_under_its_name() -> None:
    data = tnef(*tnef_attachment("a.pdf", files.pdf()), *tnef_attachment("b.exe", files.program()))
    inside = opened(EXTRACTOR, data)

    assert inside.files == {"a.pdf": files.pdf(), "b.exe": files.program()}
    assert inside.is_clean


def test_the_long_name_goes_before_the_short_one_and_the_type_is_told() -> None:
    name = mapi(0x3707, 31, "compte-rendu é.pdf\0".encode("utf-16-le"))
    kind = mapi(0x370E, 30, b"Application/PDF\0")
    inside = opened(EXTRACTOR, tnef(*tnef_attachment("COMPTE~1.PDF", files.pdf(), name, kind)))

    assert inside.members[0].name == "compte-rendu é.pdf"
    assert inside.members[0].names == ("COMPTE~1.PDF",)
    assert inside.members[0].declared_type == "application/pdf"


def test_properties_with_names_of_their_own_are_passed_over() -> None:
    name = mapi(0x3707, 30, b"real.pdf\0")
    odd = named_mapi("x", b"y")
    inside = opened(EXTRACTOR, tnef(*tnef_attachment("a", files.pdf(), odd, name)))

    assert inside.members[0].name == "real.pdf"


def test_an_attached_message_is_what_follows_the_identity_of_its_interface() -> None:
    inner = tnef(*tnef_attachment("a.pdf", files.pdf()))
    embedded = mapi(0x3701, 13, bytes(16) + inner)
    inside = opened(EXTRACTOR, tnef(*tnef_attachment("mail", b"", embedded)))

    assert inside.contents == [inner]


def test_bodies_are_handed_out_unpacked() -> None:
    html = mapi(0x1013, 258, b"<html>Bonjour</html>")
    listed = (2).to_bytes(4, "little") + html + mapi(0x1009, 258, HELLO)
    inside = opened(EXTRACTOR, tnef((0x00069003, listed), (0x0002800C, b"Bonjour\0")))

    assert inside.contents == [b"<html>Bonjour</html>", HELLO_PLAIN, b"Bonjour"]
    assert [member.declared_type for member in inside.members] == [
        "text/html",
        "text/rtf",
        "text/plain",
    ]


def test_a_file_that_is_cut_short_is_damage_and_what_is_there_is_read() -> None:
    data = tnef(*tnef_attachment("a.pdf", files.pdf()), *tnef_attachment("b.txt", files.TEXT))
    inside = opened(EXTRACTOR, data[:-100])

    assert inside.files["a.pdf"] == files.pdf()
    assert files.TEXT.startswith(inside.files["b.txt"])
    assert inside.errors == ["the last record is cut short"]
