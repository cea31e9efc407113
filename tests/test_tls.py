from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway import tls
from gateway.config import ConfigError
from tests.support.certificates import Authority


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return Authority().files("gate.example", tmp_path)


def test_a_certificate_and_its_key_are_good_until_the_certificate_ends(
    files: tuple[Path, Path],
) -> None:
    found = tls.of_server(*files)

    assert timedelta(0) < found.expires - datetime.now(UTC) < timedelta(days=2)


def gone(certificate: Path, key: Path) -> None:
    key.unlink()


def certificate_gone(certificate: Path, key: Path) -> None:
    certificate.unlink()


def open_to_all(certificate: Path, key: Path) -> None:
    key.chmod(0o644)


def of_another(certificate: Path, key: Path) -> None:
    _, other = Authority().files("other.example", key.parent)
    other.replace(key)


def swapped(certificate: Path, key: Path) -> None:
    certificate.write_bytes(key.read_bytes())


def no_key(certificate: Path, key: Path) -> None:
    key.write_bytes(certificate.read_bytes())


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (certificate_gone, "smtp.tls_certificate: {0} cannot be read: No such file or directory"),
        (gone, "smtp.tls_key: {1} cannot be read: No such file or directory"),
        (
            open_to_all,
            "smtp.tls_key: {1} has mode 0644, everybody can read it: run 'chmod 640 {1}'",
        ),
        (of_another, "smtp.tls_key: {1} is not the key of {0}"),
        (swapped, "smtp.tls_certificate: {0} holds no certificate in PEM"),
        (no_key, "smtp.tls_key: {1} holds no private key in PEM"),
    ],
)
def test_what_is_wrong_is_told_with_the_file_at_fault(
    files: tuple[Path, Path], spoil: Callable[[Path, Path], None], problem: str
) -> None:
    spoil(*files)

    with pytest.raises(ConfigError) as caught:
        tls.of_server(*files)

    assert str(caught.value) == problem.format(*files)


def test_authorities_that_are_none_are_named(tmp_path: Path) -> None:
    path = tmp_path / "authorities.pem"
    path.write_text("nothing")

    with pytest.raises(ConfigError, match=r"next_hop\.tls_authorities: .* holds no certificate"):
        tls.of_authorities(path)
