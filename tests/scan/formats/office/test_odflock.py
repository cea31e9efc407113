"""A locked OpenDocument file is never taken for one that was seen."""

import random

import pytest

from gateway.model import Reason
from gateway.scan.extractors.zip import ZipExtractor
from gateway.scan.formats.office import odflock
from tests.support import files
from tests.support.containers import locked_document
from tests.support.extracting import opened, told

INSIDE = {"content.xml": files.TEXT * 3, "Basic/Standard/Module1.xml": b"<script/>" * 40}
SAID = told("Mot de passe : Xy7!q")


def test_a_document_is_opened_with_the_password_that_its_message_gives_away() -> None:
    inside = opened(ZipExtractor(), locked_document(INSIDE, "Xy7!q"), context=SAID)

    assert set(inside.contents) >= set(INSIDE.values())
    assert inside.codes == ["archive.password"]
    assert inside.gaps == []


@pytest.mark.parametrize("cipher", ["aes256-cbc", "blowfish-cfb"])
def test_a_document_that_does_not_open_is_not_seen(cipher: str) -> None:
    inside = opened(ZipExtractor(), locked_document(INSIDE, "Zq9-unsaid", cipher=cipher))

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]
    assert inside.findings == []


def test_a_lock_that_was_made_dear_on_purpose_is_not_tried() -> None:
    data = locked_document(INSIDE, "Xy7!q").replace(b'count="100"', b'count="999999999"')

    assert [gap.reason for gap in opened(ZipExtractor(), data, context=SAID).gaps][-1:] == [
        Reason.ENCRYPTED
    ]


def test_a_document_without_locks_is_no_affair_of_this() -> None:
    assert opened(ZipExtractor(), files.odt()).gaps == []


@pytest.mark.parametrize("seed", range(60))
def test_damaged_manifests_raise_nothing(seed: int) -> None:
    chance = random.Random(seed)
    manifest = bytearray(b'<a:file-entry><a:encryption-data><a:algorithm x="1"><y>' * 3)
    for _ in range(5):
        manifest[chance.randrange(len(manifest))] = chance.randrange(256)

    assert list(odflock.locks(bytes(manifest))) == []
