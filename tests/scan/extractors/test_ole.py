import struct

from gateway.model import Reason
from gateway.scan.extractors.ole import OleExtractor
from tests.support import containers, files
from tests.support.extracting import opened

EXTRACTOR = OleExtractor()


def test_streams_are_handed_out_by_name() -> None:
    inside = opened(EXTRACTOR, files.compound({"WordDocument": b"text", "Data": bytes(9000)}))

    assert inside.files["WordDocument"].startswith(b"text")
    assert inside.files["Data"] == bytes(9000)
    assert inside.is_clean


def test_an_embedded_file_comes_out_under_its_own_name() -> None:
    package = files.ole_package("facture.exe", files.program())
    inside = opened(EXTRACTOR, files.compound({"\x01Ole10Native": package}))

    assert inside.files == {"facture.exe": files.program()}


def test_a_package_that_is_none_comes_out_as_it_is() -> None:
    inside = opened(EXTRACTOR, files.compound({"\x01Ole10Native": b"\xff" * 5000}))

    assert inside.contents == [b"\xff" * 5000]


def test_an_attachment_of_an_outlook_item_has_its_name_and_type() -> None:
    item = {
        "__substg1.0_3707001F": "é.pdf".encode("utf-16-le"),
        "__substg1.0_370E001F": "Application/PDF".encode("utf-16-le"),
        "__substg1.0_37010102": files.pdf(),
    }
    inside = opened(EXTRACTOR, files.compound(item))

    assert "é.pdf" in [name.rstrip("\0") for name in inside.files]
    assert "application/pdf" in [one.declared_type.rstrip("\0") for one in inside.members]


def test_an_office_document_with_a_password_is_a_gap() -> None:
    inside = opened(EXTRACTOR, files.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}))

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


def test_a_chain_in_a_circle_is_damage_and_ends() -> None:
    data = bytearray(files.compound({"A": b"a" * 9000, "B": b"b"}))
    table = len(data) - 512
    data[table : table + 8] = struct.pack("<II", 1, 0)
    inside = opened(EXTRACTOR, bytes(data))

    assert len(inside.errors) == 1 or inside.files["A"]
    assert inside.files["B"].startswith(b"b")


def test_a_directory_that_runs_in_a_circle_is_damage_and_ends() -> None:
    data = bytearray(files.compound({"A": b"a"}))
    (directory,) = struct.unpack_from("<I", data, 48)
    table = len(data) - 512
    struct.pack_into("<I", data, table + directory * 4, directory)

    assert opened(EXTRACTOR, bytes(data)).errors == ["a chain runs in a circle"]


def test_a_stream_that_no_folder_names_is_handed_out() -> None:
    data = bytearray(files.compound({"A": b"a", "B": b"b"}))
    (directory,) = struct.unpack_from("<I", data, 48)
    first = (directory + 1) * 512 + 128
    data[first + 72 : first + 76] = b"\xff" * 4

    assert sorted(opened(EXTRACTOR, bytes(data)).files) == ["A", "B"]


def test_a_stream_shorter_than_it_says_is_damage_and_what_is_there_is_read() -> None:
    data = bytearray(files.compound({"A": b"a" * 9000}))
    (directory,) = struct.unpack_from("<I", data, 48)
    struct.pack_into("<I", data, (directory + 1) * 512 + 128 + 120, 1 << 30)
    inside = opened(EXTRACTOR, bytes(data))

    assert inside.contents[0].startswith(b"a" * 9000)
    assert len(inside.errors) == 1


def test_objects_among_the_slides_are_unpacked() -> None:
    records = files.slide_object(files.compound({"Contents": b"x"}))
    records += struct.pack("<HHI", 0x00, 0x1011, 5) + b"plain"
    inside = opened(EXTRACTOR, files.compound({"PowerPoint Document": records}))

    assert inside.files["object 1"] == files.compound({"Contents": b"x"})
    assert inside.files["object 2"] == b"plain"


def test_a_document_with_managed_rights_is_not_seen() -> None:
    inside = opened(EXTRACTOR, files.compound({"\tDRMContent": b"?"}))

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


def test_the_bodies_of_an_outlook_item_are_handed_out_however_short() -> None:
    bodies = {"10130102": b"<html>x</html>", "1000001F": "Salut".encode("utf-16-le")}
    item = containers.outlook_item({**bodies, "10090102": containers.HELLO})
    inside = opened(EXTRACTOR, item)

    assert {member.declared_type for member in inside.members} == {
        "text/html",
        "text/plain",
        "text/rtf",
    }
    assert containers.HELLO_PLAIN in inside.contents
    assert inside.is_clean


def test_names_of_properties_are_not_taken_for_bodies() -> None:
    item = containers.outlook_item({"1000001E": b"Salut"}, named={"10090102": b"12345678"})

    assert opened(EXTRACTOR, item).contents == [b"Salut"]
