import random

import pytest

from gateway.model import Gap, Reason
from gateway.scan.budget import Limits
from gateway.scan.extractors.sevenzip import SevenZipExtractor
from tests.support import files, packing
from tests.support.extracting import opened, told

EXTRACTOR = SevenZipExtractor()
OTHER = files.TEXT[::-1]
TWO = {"a.txt": files.TEXT, "d/b.bin": bytes(5000)}


def test_files_of_a_solid_archive_are_read() -> None:
    assert opened(EXTRACTOR, files.sevenzipped(TWO)).files == TWO
    assert opened(EXTRACTOR, files.sevenzipped(TWO)).is_clean


def test_files_of_an_archive_that_is_not_solid_are_read() -> None:
    assert opened(EXTRACTOR, files.sevenzipped(TWO, solid=False)).files == TWO


def test_an_archive_behind_a_program_is_read() -> None:
    assert opened(EXTRACTOR, files.program() + files.sevenzipped(TWO)).files == TWO


def test_an_archive_behind_a_picture_is_read() -> None:
    assert opened(EXTRACTOR, files.gif() + files.sevenzipped(TWO)).files == TWO


def test_encrypted_files_are_gaps_at_their_places() -> None:
    inside = opened(EXTRACTOR, files.sevenzipped({"a.txt": files.TEXT}, password="Zq9-unsaid"))

    assert inside.gaps == [Gap(Reason.ENCRYPTED, "needs a password", ("message", "a.txt"))]


def test_an_archive_with_encrypted_names_is_one_gap() -> None:
    data = files.sevenzipped(TWO, password="Zq9-unsaid", hide_names=True)

    assert opened(EXTRACTOR, data).gaps == [Gap(Reason.ENCRYPTED, "needs a password", ("message",))]


def test_a_file_over_the_limit_is_a_gap_and_its_neighbours_are_read() -> None:
    extractor = SevenZipExtractor(Limits(file_bytes=1000))
    inside = opened(extractor, files.sevenzipped({"a.bin": bytes(5000), "b.txt": files.TEXT[:900]}))

    assert inside.files == {"b.txt": files.TEXT[:900]}
    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.TOO_BIG, "a.bin")]


def test_a_small_file_behind_a_huge_one_is_a_gap_and_not_unpacked_at_any_cost() -> None:
    extractor = SevenZipExtractor(Limits(file_bytes=1 << 20, message_bytes=4 << 20))
    data = files.sevenzipped({"a.bin": bytes(16 << 20), "b.txt": files.TEXT})
    inside = opened(extractor, data)

    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [
        (Reason.TOO_BIG, "a.bin"),
        (Reason.TOO_BIG, "b.txt"),
    ]


def test_a_lone_first_volume_is_a_gap() -> None:
    whole = files.sevenzipped({"a.bin": random.Random(1).randbytes(9000)})
    inside = opened(EXTRACTOR, whole[:4096])

    assert [gap.reason for gap in inside.gaps] == [Reason.DAMAGED]


def test_one_damaged_file_does_not_hide_the_others() -> None:
    noise = random.Random(1).randbytes(3000)
    data = bytearray(files.sevenzipped({"a.bin": noise, "b.bin": noise[::-1]}, solid=False))
    data[32 + 1000] ^= 0xFF
    inside = opened(EXTRACTOR, bytes(data))

    assert list(inside.files) == ["b.bin"]
    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.DAMAGED, "a.bin")]


@pytest.mark.parametrize("hidden", ["names", "nothing"])
def test_an_archive_is_opened_with_the_password_that_its_message_gives_away(hidden: str) -> None:
    data = files.sevenzipped(TWO, password="Xy7!q", hide_names=hidden == "names")
    inside = opened(EXTRACTOR, data, context=told("Das Passwort lautet: Xy7!q"))

    assert inside.files == TWO
    assert inside.codes == ["archive.password"]
    assert inside.gaps == []


def test_a_password_of_the_site_opens_an_archive() -> None:
    data = files.sevenzipped(TWO, password="Maison-1", hide_names=True)
    inside = opened(EXTRACTOR, data, context=told("", site=("Maison-1",)))

    assert inside.files == TWO


@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_first_method_of_lzh_is_read_where_7_zip_does_not_know_it(level: int) -> None:
    inside = opened(EXTRACTOR, packing.lzh({"a.txt": files.TEXT, "b.txt": b"bb"}, level))

    assert inside.files == {"a.txt": files.TEXT, "b.txt": b"bb"}
    assert inside.is_clean


def test_a_damaged_file_of_that_method_is_damage() -> None:
    archive = bytearray(packing.lzh({"a.txt": files.TEXT}, 0))
    archive[60] ^= 0xFF

    assert opened(EXTRACTOR, bytes(archive)).errors


SAID = "Mot de passe : Xy7!q, puis mot de passe : Zk9#w"


def locked_twice(second: str) -> bytes:
    first = files.sevenzipped({"a.txt": files.TEXT}, password="Xy7!q")
    return files.with_another_password(first, {"b.txt": OTHER, "c.txt": OTHER[:90]}, second)


def test_files_with_passwords_of_their_own_are_opened_when_both_are_said() -> None:
    inside = opened(EXTRACTOR, locked_twice("Zk9#w"), context=told(SAID))

    assert inside.files == {"a.txt": files.TEXT, "b.txt": OTHER, "c.txt": OTHER[:90]}
    assert inside.codes == ["archive.password"] * 2
    assert inside.gaps == []


def test_files_whose_own_password_nobody_says_are_gaps_beside_the_others() -> None:
    inside = opened(EXTRACTOR, locked_twice("unsaid-55"), context=told(SAID))

    assert inside.files == {"a.txt": files.TEXT}
    assert {(gap.reason, gap.lineage[-1]) for gap in inside.gaps} == {
        (Reason.ENCRYPTED, "b.txt"),
        (Reason.ENCRYPTED, "c.txt"),
    }
