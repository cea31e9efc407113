"""The samples are what they say: independent readers open them."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from gateway.demo import samples
from gateway.scan.formats.libmagic import mime_type


def test_the_encrypted_zip_opens_with_its_password_alone() -> None:
    archive = ZipFile(BytesIO(samples.encrypted_zip("a.txt", b"bonjour", b"secret")))

    assert archive.read("a.txt", pwd=b"secret") == b"bonjour"
    with pytest.raises(RuntimeError):
        archive.read("a.txt")


def test_a_sample_is_the_same_each_time() -> None:
    assert samples.docm_with_autorun_macro() == samples.docm_with_autorun_macro()
    assert samples.encrypted_zip("a", b"b", b"c") == samples.encrypted_zip("a", b"b", b"c")


def test_the_test_string_has_its_68_bytes() -> None:
    assert len(samples.eicar()) == 68


@pytest.mark.parametrize(
    ("sample", "mime"),
    [
        (samples.laboratory_pdf(), "application/pdf"),
        (samples.dicom_image(), "application/dicom"),
        (samples.windows_program(), "application/x-dosexec"),
        (
            samples.word_document({}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_libmagic_takes_a_sample_for_the_real_thing(sample: bytes, mime: str) -> None:
    assert mime_type(sample) == mime


def test_a_zip_holds_what_was_given() -> None:
    archive = ZipFile(BytesIO(samples.zip_of({"a/b.txt": b"1", "c.txt": b"2"})))

    assert {name: archive.read(name) for name in archive.namelist()} == {
        "a/b.txt": b"1",
        "c.txt": b"2",
    }
