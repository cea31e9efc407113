from gateway.scan.extractors.onenote import OneNoteExtractor
from tests.support import files
from tests.support.containers import onenote, onenote_of_the_web
from tests.support.extracting import opened

EXTRACTOR = OneNoteExtractor()


def test_an_attached_file_comes_out_under_its_name_and_is_told() -> None:
    inside = opened(EXTRACTOR, onenote({"facture.hta": files.TEXT}))

    assert inside.files == {"facture.hta": files.TEXT}
    assert inside.codes == ["onenote.attached"]


def test_a_picture_has_no_name_and_is_not_told() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(50)
    inside = opened(EXTRACTOR, onenote({"": png}))

    assert inside.contents == [png]
    assert inside.is_clean


def test_the_name_of_a_file_is_not_given_to_a_picture() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(50)
    inside = opened(EXTRACTOR, onenote({"": png, "a.vbs": files.TEXT}))

    assert inside.files == {"file 1": png, "a.vbs": files.TEXT}


def test_a_file_that_is_there_three_times_comes_out_once() -> None:
    data = onenote({"a.vbs": files.TEXT})

    assert opened(EXTRACTOR, data + data[16:] * 2).contents == [files.TEXT]


def test_files_without_a_mark_are_found_by_their_heads() -> None:
    inside = opened(EXTRACTOR, onenote_of_the_web(files.zipped({"a.txt": files.TEXT})))

    assert inside.contents[0].startswith(b"PK\x03\x04")


def test_a_length_that_lies_gives_no_more_than_is_there() -> None:
    data = bytearray(onenote({"a.vbs": files.TEXT}))
    at = data.find(bytes.fromhex("e716e3bd")) + 16
    data[at : at + 8] = b"\xff" * 8
    inside = opened(EXTRACTOR, bytes(data))

    assert inside.contents[0].startswith(files.TEXT)
