import io
import tarfile

import pytest

from gateway.model import Level, Reason
from gateway.scan.extractors.tar import TarExtractor
from tests.support import files
from tests.support.extracting import opened

EXTRACTOR = TarExtractor()
LONG = "d/" * 80 + "é.txt"


@pytest.mark.parametrize(
    "tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
)
def test_files_of_every_make_are_read(tar_format: int) -> None:
    name = "d/" * 60 + "a.txt"
    inside = opened(EXTRACTOR, files.tarred({name: files.TEXT, "b": b""}, tar_format))

    assert inside.files == {name: files.TEXT, "b": b""}
    assert inside.is_clean


@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read(tar_format: int) -> None:
    assert opened(EXTRACTOR, files.tarred({LONG: files.TEXT}, tar_format)).files == {
        LONG: files.TEXT
    }


def test_links_and_devices_hold_nothing_and_paths_are_only_names() -> None:
    inside = opened(EXTRACTOR, files.tarred_special())

    assert inside.files == {"../../up.txt": files.TEXT}
    assert (inside.gaps, inside.errors) == ([], [])


def test_a_second_archive_behind_the_end_mark_is_read() -> None:
    data = files.tarred({"a": files.TEXT}) + files.tarred({"b": files.TEXT})

    assert opened(EXTRACTOR, data).files == {"a": files.TEXT, "b": files.TEXT}


def test_what_is_no_header_is_damage_and_handed_out() -> None:
    data = files.tarred({"a": files.TEXT}) + files.program()
    inside = opened(EXTRACTOR, data)

    assert inside.contents == [files.TEXT, files.program()]
    assert [gap.reason for gap in inside.gaps] == [Reason.DAMAGED]


def test_an_archive_that_ends_inside_a_file_is_damage_and_the_rest_is_read() -> None:
    inside = opened(EXTRACTOR, files.tarred({"a": files.TEXT})[: 512 + 100])

    assert inside.files == {"a": files.TEXT[:100]}
    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.DAMAGED, "a")]


def test_a_size_without_end_is_damage() -> None:
    data = bytearray(files.tarred({"a": files.TEXT}))
    data[124:136] = b"\xff" * 12
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    inside = opened(EXTRACTOR, bytes(data))

    assert [gap.reason for gap in inside.gaps] == [Reason.DAMAGED]


def test_a_size_of_a_million_digits_is_not_counted_with() -> None:
    record = b" size=" + b"9" * 90_000 + b"\n"
    pax = files.tarred({"PaxHeader": b"90010" + record, "a.txt": files.TEXT})
    data = bytearray(pax)
    data[156:157] = b"x"
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])

    assert opened(EXTRACTOR, bytes(data)).files == {"a.txt": files.TEXT}


def test_links_and_devices_are_told() -> None:
    inside = opened(EXTRACTOR, files.tarred_special())

    assert [finding.evidence for finding in inside.findings] == [
        "3, such as link -> ../../etc/passwd"
    ]
    assert inside.codes == ["archive.link"]
    assert inside.findings[0].level is Level.SUSPICIOUS


@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(("up", "level"), [(3, Level.NOTE), (4, Level.SUSPICIOUS)])
def test_links_with_long_targets_are_followed_in_thought(
    tar_format: int, up: int, level: Level
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as archive:
        link = tarfile.TarInfo("a/b/c/link")
        link.type, link.linkname = tarfile.SYMTYPE, "../" * up + "d/" * 80 + "file"
        archive.addfile(link)
    inside = opened(EXTRACTOR, buffer.getvalue())

    assert [finding.level for finding in inside.findings] == [level]
    assert inside.members == []
