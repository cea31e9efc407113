"""A mistake of ours at any moment: the client hears 4xx, comes back, and is served once."""

from collections.abc import Iterator

import pytest

from gateway import failpoints
from tests.support.town import town

pytestmark = pytest.mark.slow

IN_DOUBT = {"dot sent", "next hop answered", "copy recorded"}
"""Between the last moment at which nothing had happened, and the first at which it is known."""
IN_QUARANTINE = {"row committed"}
OF_A_COPY = {"original held", "copy recorded"}
ELSEWHERE = {
    *("blob written", "blob synced", "folder synced", "blob named"),
    *("end recorded", "blob removed", "key wiped", "items rewrapped", "notes rewrapped"),
    "items reindexed",
    "worker asked",
}
"""Moments of a store on disk and of real workers: test_kills.py and tests/quarantine stop there."""


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


class Mistake:
    """Is made once."""

    is_made = False

    def __call__(self) -> None:
        if not self.is_made:
            self.is_made = True
            raise RuntimeError("secret /etc/path detail")


@pytest.mark.parametrize("point", sorted(failpoints.POINTS.keys() - ELSEWHERE))
async def test_a_mistake_of_ours_is_a_4xx_or_a_true_250_and_loses_nothing(point: str) -> None:
    async with town() as place:
        letter = place.ledger.write(
            is_infected=point in IN_QUARANTINE, is_suspicious=point in OF_A_COPY, padding=1 << 20
        )
        letter.doubts = int(point in IN_DOUBT)
        mistake = Mistake()
        failpoints.arm(point, mistake)
        answers = await place.ledger.deliver(letter, place.port)

        assert mistake.is_made
        assert all(answer.is_accepted or answer.reply[:1] in {"4", ""} for answer in answers)
        assert not any("secret" in answer.reply for answer in answers)
        assert letter.is_accepted
        assert set(await place.count()) <= {"once", "twice"}
