import pytest

from tests.support.next_hop import staged


async def test_what_the_hop_offers_is_known_without_the_number_of_its_size() -> None:
    async with staged() as stage:
        offered = await stage.hop.probe()

        assert {"SIZE", "8BITMIME", "PIPELINING", "DSN"} <= offered
        assert stage.hop.extensions() == offered
        assert stage.steps[:2] == ["CONNECT", "EHLO"]


@pytest.mark.parametrize(
    ("offer", "limit"),
    [("SIZE 1000", 1_000), ("SIZE", None), ("SIZE 0", None), ("SIZE lots", None), ("DSN", None)],
)
async def test_the_size_limit_is_what_the_hop_declares(offer: str, limit: int | None) -> None:
    async with staged(sink={"extensions": [offer]}) as stage:
        await stage.hop.probe()

        assert stage.hop.size_limit() == limit
