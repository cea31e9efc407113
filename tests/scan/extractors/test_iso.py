from gateway.model import Reason
from gateway.scan.extractors.iso import IsoExtractor
from tests.support import files
from tests.support.extracting import opened

EXTRACTOR = IsoExtractor()


def test_files_are_read_under_their_names() -> None:
    inside = opened(EXTRACTOR, files.iso({"A.TXT": files.TEXT, "B.BIN": bytes(5000)}))

    assert inside.files == {"A.TXT": files.TEXT, "B.BIN": bytes(5000)}
    assert inside.is_clean


def test_a_second_volume_hides_nothing_of_the_first() -> None:
    data = files.iso({"HIDDEN.EXE": files.program()}, joliet={"lettre d'été.txt": files.TEXT})

    assert opened(EXTRACTOR, data).files == {
        "lettre d'été.txt": files.TEXT,
        "HIDDEN.EXE": files.program(),
    }


def test_a_second_volume_without_files_hides_nothing() -> None:
    inside = opened(EXTRACTOR, files.iso({"HIDDEN.EXE": files.program()}, joliet={}))

    assert inside.files == {"HIDDEN.EXE": files.program()}


def test_an_image_that_ends_inside_a_file_is_damage_and_the_rest_is_read() -> None:
    inside = opened(EXTRACTOR, files.iso({"A.BIN": bytes(5000)})[:-3000])

    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.DAMAGED, "A.BIN")]
    assert len(inside.contents[0]) == 3144


def test_a_folder_that_holds_itself_ends() -> None:
    data = bytearray(files.iso({"A.TXT": files.TEXT}))
    at = data.index(b"A.TXT;1") - 8
    data[at] = 2
    folder = data[16 * 2048 + 158 : 16 * 2048 + 162]
    data[at - 23 : at - 19] = folder

    assert opened(EXTRACTOR, bytes(data)).members == []
