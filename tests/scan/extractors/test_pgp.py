import pytest

from gateway.model import Reason
from gateway.scan.api import Artifact, Context
from gateway.scan.extractors.pgp import PgpExtractor
from gateway.scan.kinds import Kind


@pytest.mark.parametrize(
    ("first", "reasons"),
    [
        (0x85, [Reason.ENCRYPTED_MAIL]),
        (0x8C, [Reason.ENCRYPTED]),
        (0xA3, [Reason.UNSUPPORTED]),
        (0x99, []),
    ],
)
def test_what_only_its_recipient_can_open_is_a_gap(first: int, reasons: list[Reason]) -> None:
    artifact = Artifact(bytes([first, 0, 0]), ("message", "a.gpg"), ("a.gpg",), "", (Kind.PGP,))

    assert [gap.reason for gap in PgpExtractor().members(artifact, Context())] == reasons
