import pytest

from gateway.model import Gap, Reason
from gateway.scan.extractors.alz import AlzExtractor
from tests.support import files, packing
from tests.support.extracting import opened

EXTRACTOR = AlzExtractor()
TWO = {"진단서.txt": files.TEXT, "d/b.bin": bytes(5000)}


@pytest.mark.parametrize("method", [0, 1, 2])
@pytest.mark.parametrize("width", [2, 4, 8])
def test_files_of_every_method_are_read_under_their_names(method: int, width: int) -> None:
    inside = opened(EXTRACTOR, packing.alz(TWO, method, width=width))

    assert inside.files == TWO
    assert inside.is_clean


def test_a_locked_file_is_a_gap_at_its_place() -> None:
    inside = opened(EXTRACTOR, packing.alz({"a.txt": files.TEXT}, locked=True))

    assert inside.gaps == [Gap(Reason.ENCRYPTED, "needs a password", ("message", "a.txt"))]
    assert inside.members == []


def test_a_method_that_nobody_knows_is_a_gap_and_its_neighbours_are_read() -> None:
    strange = packing.alz({"a.txt": files.TEXT}, 3)
    inside = opened(EXTRACTOR, strange[:-16] + packing.alz({"b.txt": files.TEXT})[8:])

    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.UNSUPPORTED, "a.txt")]
    assert inside.files == {"b.txt": files.TEXT}


def test_a_wrong_checksum_is_damage_and_what_is_there_is_handed_out() -> None:
    archive = packing.alz({"a.txt": b"Bonjour"}, 0)
    inside = opened(EXTRACTOR, archive.replace(b"Bon", b"Mau"))

    assert inside.errors == ["wrong checksum"]
    assert inside.contents == [b"Maujour"]


@pytest.mark.parametrize("cut", [17, 30, 200, 5100])
def test_an_archive_that_ends_early_is_damage(cut: int) -> None:
    archive = packing.alz(TWO, 0)

    assert opened(EXTRACTOR, archive[: len(archive) - cut]).errors
