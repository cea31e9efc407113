import struct
import zlib

import pytest

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


def test_a_stream_shorter_than_it_says_is_a_note_and_what_is_there_is_read() -> None:
    data = bytearray(files.compound({"A": b"a" * 9000}))
    (directory,) = struct.unpack_from("<I", data, 48)
    struct.pack_into("<I", data, (directory + 1) * 512 + 128 + 120, 1 << 30)
    inside = opened(EXTRACTOR, bytes(data))

    assert inside.contents[0].startswith(b"a" * 9000)
    assert inside.codes == ["office.damaged"]
    assert not inside.errors


@pytest.mark.parametrize("cut", [3_000, 5_000, 8_000])
def test_what_is_cut_off_is_missing_for_everybody_and_the_rest_is_handed_out(cut: int) -> None:
    whole = files.compound({"A": b"a" * 9000, "B": b"b" * 9000})
    inside = opened(EXTRACTOR, whole[:-cut])

    kept, there = b"".join(inside.contents), whole[512:-cut]
    assert inside.codes == ["office.damaged"]
    assert [kept.count(letter) for letter in (b"a", b"b")] == [
        there.count(letter) for letter in (b"a", b"b")
    ]


def test_a_chain_that_leads_to_bytes_that_are_there_and_not_listed_is_a_gap() -> None:
    data = bytearray(files.compound({"A": b"a" * 9000}))
    (directory,) = struct.unpack_from("<I", data, 48)
    first = struct.unpack_from("<I", data, (directory + 1) * 512 + 128 + 116)[0]
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, (table + 1) * 512 + 4 * first, 200)
    inside = opened(EXTRACTOR, bytes(data) + bytes(200 * 512))

    assert inside.errors == ["a chain leads outside of the file"]


def test_objects_among_the_slides_are_unpacked() -> None:
    records = files.slide_object(files.compound({"Contents": b"x"}))
    records += struct.pack("<HHI", 0x00, 0x1011, 5) + b"plain"
    inside = opened(EXTRACTOR, files.compound({"PowerPoint Document": records}))

    assert inside.files["object 1"] == files.compound({"Contents": b"x"})
    assert inside.files["object 2"] == b"plain"


def slides(packed: bytes, size: int) -> bytes:
    head = struct.pack("<HHII", 0x10, 0x1011, len(packed) + 4, size)
    return files.compound({"PowerPoint Document": head + packed})


def test_an_object_with_a_wrong_checksum_is_unpacked_all_the_same() -> None:
    packed = zlib.compress(files.TEXT)
    inside = opened(EXTRACTOR, slides(packed[:-4] + b"\0\0\0\1", len(files.TEXT)))

    assert inside.files["object 1"] == files.TEXT
    assert inside.codes == ["office.damaged"]
    assert not inside.errors


def test_an_object_without_its_checksum_is_whole() -> None:
    inside = opened(EXTRACTOR, slides(zlib.compress(files.TEXT)[:-4], len(files.TEXT)))

    assert inside.files["object 1"] == files.TEXT
    assert inside.is_clean


def test_an_object_that_repeats_what_was_never_there_is_unpacked_with_zeros() -> None:
    # A dictionary that the reader does not have stands for what was lost of the packed bytes.
    packer = zlib.compressobj(wbits=-15, zdict=files.TEXT)
    packed = b"\x78\x9c" + packer.compress(files.TEXT + b"!?#%@") + packer.flush()
    inside = opened(EXTRACTOR, slides(packed, len(files.TEXT) + 5))

    assert inside.files["object 1"].endswith(b"!?#%@")
    assert not inside.errors


def test_an_object_that_ends_early_is_unpacked_up_to_there() -> None:
    noise = bytes(n * n >> 3 & 0xFF for n in range(20_000))
    inside = opened(EXTRACTOR, slides(zlib.compress(noise)[:-50], len(noise)))

    assert noise.startswith(inside.files["object 1"])
    assert inside.codes == ["office.damaged"]
    assert not inside.errors


def test_an_object_whose_codes_make_no_sense_is_a_gap_and_what_came_before_is_read() -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(files.TEXT) + packer.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 20
    inside = opened(EXTRACTOR, slides(b"\x78\x9c" + packed, 50_000))

    assert inside.files["object 1"].startswith(files.TEXT[:-1])
    assert len(inside.errors) == 1


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
