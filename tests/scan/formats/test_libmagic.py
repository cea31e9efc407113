from gateway.scan.formats import libmagic
from tests.support import files


def test_a_file_has_a_type() -> None:
    assert libmagic.mime_type(files.gif()) == "image/gif"


def test_any_bytes_have_an_answer() -> None:
    assert libmagic.mime_type(bytes(range(256))) != ""
