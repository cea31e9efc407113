import io
import random
import struct
import zipfile

import pytest

from gateway.model import Gap, Level, Reason
from gateway.scan.extractors.zip import ZipExtractor
from tests.support import files
from tests.support.extracting import opened, told

EXTRACTOR = ZipExtractor()
OTHER = b"Something else altogether.\n" * 5


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members_of_every_usual_method_are_read(method: int) -> None:
    inside = opened(EXTRACTOR, files.zipped({"a.txt": files.TEXT, "d/b.bin": OTHER}, method))

    assert inside.files == {"a.txt": files.TEXT, "d/b.bin": OTHER}
    assert inside.is_clean


@pytest.mark.parametrize(("suffix", "method"), [("xz", 95), ("zst", 93)])
def test_members_of_newer_methods_are_read(suffix: str, method: int) -> None:
    record = files.Record(b"a", files.TEXT, method=method, packed=files.COMPRESSED[suffix])
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert inside.files == {"a": files.TEXT}
    assert inside.is_clean


def test_ppmd_is_left_to_7_zip() -> None:
    packed = files.sevenzipped_as_zip({"a.txt": files.TEXT}, "Ppmd")
    inside = opened(EXTRACTOR, packed)

    assert inside.files == {"a.txt": files.TEXT}
    assert inside.is_clean


def test_an_archive_that_was_written_to_a_pipe_is_read() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.written += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", files.TEXT)

    assert opened(EXTRACTOR, pipe.written).files == {"a.txt": files.TEXT}
    assert opened(EXTRACTOR, pipe.written).is_clean


def test_zip64_is_read() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        archive.open("a.txt", "w", force_zip64=True) as target,
    ):
        target.write(files.TEXT)

    assert opened(EXTRACTOR, buffer.getvalue()).files == {"a.txt": files.TEXT}
    assert opened(EXTRACTOR, buffer.getvalue()).is_clean


def test_an_archive_behind_a_program_is_read() -> None:
    inside = opened(EXTRACTOR, files.program() + files.zipped({"a.txt": files.TEXT}))

    assert inside.files == {"a.txt": files.TEXT}
    assert inside.is_clean


def test_a_zip_inside_a_stored_member_is_not_taken_for_hidden_entries() -> None:
    inner = files.zipped({"a.txt": files.TEXT}, zipfile.ZIP_STORED)
    inside = opened(EXTRACTOR, files.zipped({"inner.zip": inner}, zipfile.ZIP_STORED))

    assert inside.files == {"inner.zip": inner}
    assert inside.is_clean


def test_both_of_two_archives_in_a_row_are_read_and_told() -> None:
    data = files.zipped({"first.txt": files.TEXT}) + files.zipped({"second.txt": OTHER})
    inside = opened(EXTRACTOR, data)

    assert inside.files == {"first.txt": files.TEXT, "second.txt": OTHER}
    assert [finding.code for finding in inside.findings] == ["zip.ambiguous"]
    assert inside.findings[0].level is Level.SUSPICIOUS
    assert "first.txt" in inside.findings[0].evidence


def test_an_entry_that_no_directory_names_is_read_and_told() -> None:
    hidden = files.Record(b"hidden.exe", files.program()).local()
    inside = opened(EXTRACTOR, hidden + files.zipped({"a.txt": files.TEXT}))

    assert inside.files == {"a.txt": files.TEXT, "hidden.exe": files.program()}
    assert inside.codes == ["zip.ambiguous"]


def test_an_entry_with_two_names_is_told_by_both() -> None:
    record = files.Record(b"a.exe", files.TEXT, central_name=b"a.txt")
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert inside.members[0].name == "a.txt"
    assert inside.members[0].names == ("a.exe",)
    assert inside.codes == ["zip.ambiguous"]


def test_an_entry_with_two_methods_is_read_both_ways() -> None:
    packed = files.raw_deflate(files.TEXT)
    record = files.Record(b"a", packed, central_method=8)
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert packed in inside.contents
    assert any(content.startswith(files.TEXT[:40]) for content in inside.contents)
    assert inside.codes == ["zip.ambiguous", "zip.ambiguous"]


def test_an_entry_with_two_sizes_is_read_both_ways() -> None:
    record = files.Record(b"a", files.TEXT, central_size=10)
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert files.TEXT in inside.contents
    assert "zip.ambiguous" in inside.codes


def test_a_false_mark_of_encryption_hides_nothing() -> None:
    record = files.Record(b"a", files.TEXT, central_flags=1)
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert files.TEXT in inside.contents
    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


def test_two_entries_of_one_name_and_other_content_are_told() -> None:
    records = [files.Record(b"a.txt", files.TEXT), files.Record(b"a.txt", OTHER)]
    inside = opened(EXTRACTOR, files.zipped_by_hand(records))

    assert inside.contents == [files.TEXT, OTHER]
    assert inside.codes == ["zip.ambiguous", "zip.ambiguous"]


def test_two_entries_of_one_name_and_the_same_content_are_honest() -> None:
    records = [files.Record(b"a.txt", files.TEXT), files.Record(b"a.txt", files.TEXT)]

    assert opened(EXTRACTOR, files.zipped_by_hand(records)).is_clean


def test_an_encrypted_entry_is_a_gap_at_its_place() -> None:
    inside = opened(EXTRACTOR, files.encrypted_zip())

    assert inside.gaps == [Gap(Reason.ENCRYPTED, "needs a password", ("message", "secret.txt"))]
    assert inside.members == []


def test_overlapping_entries_are_a_gap_and_are_not_read() -> None:
    inside = opened(EXTRACTOR, files.overlapping_zip(200))

    assert inside.gaps == [Gap(Reason.AMBIGUOUS, "200 overlapping entries", ("message",))]
    assert inside.members == []


def test_a_method_that_nobody_knows_is_a_gap() -> None:
    record = files.Record(b"a", files.TEXT, method=97)
    inside = opened(EXTRACTOR, files.zipped_by_hand([record]))

    assert [(gap.reason, gap.lineage[-1]) for gap in inside.gaps] == [(Reason.UNSUPPORTED, "a")]


def test_a_wrong_checksum_is_damage_and_the_bytes_are_kept() -> None:
    inside = opened(EXTRACTOR, files.zipped_by_hand([files.Record(b"a", files.TEXT, crc=1)]))

    assert inside.contents == [files.TEXT]
    assert "wrong checksum" in inside.errors[0]


def test_a_size_that_lies_is_damage_and_no_more_than_the_body_is_read() -> None:
    data = bytearray(files.zipped_by_hand([files.Record(b"a", files.TEXT)]))
    central = data.rindex(b"PK\x01\x02")
    data[central + 20 : central + 28] = struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF)
    inside = opened(EXTRACTOR, bytes(data))

    assert max(map(len, inside.contents)) < len(data)
    assert inside.errors or inside.gaps


def test_a_truncated_archive_is_damage_and_what_is_there_is_read() -> None:
    whole = files.zipped({"a.txt": files.TEXT, "b.bin": random.Random(1).randbytes(5000)})
    inside = opened(EXTRACTOR, whole[:3000])

    assert inside.files["a.txt"] == files.TEXT
    assert inside.gaps == [Gap(Reason.DAMAGED, "no central directory", ("message",))]
    assert len(inside.errors) == 1


def test_a_directory_that_is_shorter_than_promised_is_damage() -> None:
    data = bytearray(files.zipped({"a.txt": files.TEXT}))
    data[-14:-10] = struct.pack("<HH", 5, 5)
    inside = opened(EXTRACTOR, bytes(data))

    assert [gap.detail for gap in inside.gaps] == ["5 entries were promised, 1 are there"]


THREE = {"a.txt": files.TEXT, "b.txt": files.TEXT * 2, "c.txt": files.TEXT * 3}


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7])
def test_the_last_volume_of_a_split_archive_is_read_and_told(cut: float) -> None:
    whole = files.zipped(THREE, zipfile.ZIP_STORED)
    inside = opened(EXTRACTOR, files.last_volume(whole, round(len(whole) * cut)))

    assert inside.files == {name: THREE[name] for name in inside.files}
    assert inside.codes == ["zip.volume"]
    assert f"{3 - len(inside.files)} files begin in another part" in inside.findings[0].evidence
    assert not inside.gaps
    assert not inside.errors


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.7])
def test_the_other_volumes_of_a_split_archive_are_gaps(cut: float) -> None:
    whole = files.zipped(THREE, zipfile.ZIP_STORED)
    inside = opened(EXTRACTOR, b"PK\x07\x08" + whole[: round(len(whole) * cut)])

    assert "no central directory" in [gap.detail for gap in inside.gaps]


def test_a_volume_that_is_said_to_be_the_last_and_lacks_what_should_be_in_it_is_damaged() -> None:
    whole = files.zipped(THREE, zipfile.ZIP_STORED)
    data = files.last_volume(whole, len(whole) // 4).replace(b"PK\x03\x04", b"PK\x03\x99")
    inside = opened(EXTRACTOR, data.replace(b"c.txt", b"d.txt", 1))

    assert [gap.reason for gap in inside.gaps] == [Reason.DAMAGED]


def test_an_archive_that_claims_to_be_a_volume_and_is_whole_is_read() -> None:
    data = bytearray(files.zipped(THREE))
    data[-18:-14] = struct.pack("<HH", 1, 1)

    assert opened(EXTRACTOR, bytes(data)).files == THREE


def test_a_locked_document_of_iwork_needs_a_password() -> None:
    inside = opened(EXTRACTOR, files.zipped_by_hand([files.Record(b"index.xml", b"?", 25452)]))

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


def test_folders_hold_nothing_unless_there_are_bytes_in_them() -> None:
    records = [files.Record(b"folder/", b""), files.Record(b"odd/", files.TEXT)]
    inside = opened(EXTRACTOR, files.zipped_by_hand(records))

    assert inside.files == {"odd/": files.TEXT}


def test_names_in_an_old_code_page_are_read() -> None:
    record = files.Record("Résumé.txt".encode("cp437"), files.TEXT)

    assert opened(EXTRACTOR, files.zipped_by_hand([record])).members[0].name == "Résumé.txt"


def test_a_header_without_its_letters_is_read_all_the_same() -> None:
    data = b"XX" + files.zipped({"a.txt": files.TEXT})[2:]

    assert opened(EXTRACTOR, data).files == {"a.txt": files.TEXT}


def locked(cipher: str, password: str = "Xy7!q") -> bytes:
    two = {"a.txt": files.TEXT, "b.bin": OTHER}
    return files.sevenzipped_as_zip(two, password=password, cipher=cipher)


@pytest.mark.parametrize("cipher", ["ZipCrypto", "AES128", "AES192", "AES256"])
def test_an_archive_is_opened_with_the_password_that_its_message_gives_away(cipher: str) -> None:
    inside = opened(EXTRACTOR, locked(cipher), context=told("Mot de passe : Xy7!q"))

    assert inside.files == {"a.txt": files.TEXT, "b.bin": OTHER}
    assert [finding.evidence for finding in inside.findings] == ["ZIP: 'Xy7!q', from the message"]
    assert inside.gaps == []


@pytest.mark.parametrize("cipher", ["ZipCrypto", "AES256"])
def test_every_entry_of_an_archive_stays_closed_under_another_password(cipher: str) -> None:
    inside = opened(EXTRACTOR, locked(cipher), context=told("Mot de passe : Xy8!q"))

    assert {(gap.reason, gap.lineage[-1]) for gap in inside.gaps} == {
        (Reason.ENCRYPTED, "a.txt"),
        (Reason.ENCRYPTED, "b.bin"),
    }
    assert inside.findings == []


def test_what_is_not_locked_is_read_beside_what_is() -> None:
    records = [
        files.Record(b"open.txt", OTHER),
        files.Record(b"a", files.TEXT, local_flags=1, central_flags=1),
    ]
    inside = opened(EXTRACTOR, files.zipped_by_hand(records))

    assert inside.files == {"open.txt": OTHER}
    assert [gap.lineage[-1] for gap in inside.gaps] == ["a"]


def test_links_are_told_and_where_they_lead_is_handed_out() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "../../etc/passwd")
    inside = opened(EXTRACTOR, buffer.getvalue())

    assert inside.files == {"link": b"../../etc/passwd"}
    assert [(finding.code, finding.level) for finding in inside.findings] == [
        ("archive.link", Level.SUSPICIOUS)
    ]
