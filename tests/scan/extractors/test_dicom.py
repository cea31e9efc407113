"""What lies in a medical image or behind it is a file of its own."""

import zlib

from gateway.scan.extractors.dicom import DicomExtractor
from tests.support import health
from tests.support.extracting import opened


def test_a_document_is_handed_out_with_its_type() -> None:
    found = opened(DicomExtractor(), health.document_in_image(b"%PDF-1.7", "application/pdf"))

    assert found.files == {"document.pdf": b"%PDF-1.7"}
    assert [member.declared_type for member in found.members] == ["application/pdf"]


def test_what_stands_behind_the_end_is_handed_out() -> None:
    found = opened(DicomExtractor(), health.image(behind=b"PK\x03\x04rest"))

    assert found.files == {"behind the end": b"PK\x03\x04rest"}
    assert opened(DicomExtractor(), health.image(behind=bytes(64))).files == {}


def test_a_file_that_is_compressed_as_a_whole_is_handed_out_in_plain() -> None:
    plain = health.image(syntax=health.DEFLATED)
    start = plain.index(b"\x10\0\x10\0PN")
    meta, body = plain[:start], plain[start:]
    packer = zlib.compressobj(wbits=-15)

    found = opened(DicomExtractor(), meta + packer.compress(body) + packer.flush())

    assert found.files["inflated.dcm"].endswith(b"1.2.840.10008.1.2.1\0\0\0" + body)
    assert opened(DicomExtractor(), found.contents[0]).members == []
