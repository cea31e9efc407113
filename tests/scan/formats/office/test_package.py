from gateway.scan.formats.office.package import unpacked
from tests.support import files


def test_a_package_gives_its_names_and_its_content() -> None:
    package = unpacked(files.ole_package("facture.exe", files.TEXT)[4:])

    assert package is not None
    assert package.names == ("facture.exe",)
    assert package.content == files.TEXT


def test_what_is_cut_off_is_no_package() -> None:
    assert unpacked(files.ole_package("a", files.TEXT)[4:-1]) is None


def test_short_and_foreign_bytes_are_no_package() -> None:
    assert unpacked(b"") is None
    assert unpacked(b"\xff" * 100) is None
