import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.telemetry.health import Health, Remembered
from gateway.telemetry.metrics import Metrics
from tests.support.http import ask, get


@asynccontextmanager
async def health(*problems: str) -> AsyncIterator[tuple[str, int]]:
    checks = {}
    for number, problem in enumerate(problems):

        async def check(problem: str = problem) -> str:
            return problem

        checks[f"check {number}"] = check
    metrics = Metrics()
    metrics.messages.labels("clean", "deliver", "250").inc()
    async with Health(metrics, checks) as server:
        yield await server.start("127.0.0.1", 0)


async def test_figures_are_in_the_form_that_prometheus_reads() -> None:
    async with health() as address:
        answer = await get(address, "/metrics")

    assert answer.startswith("HTTP/1.1 200 OK\r\n")
    assert 'lazaretto_messages_total{action="deliver",class="clean",reply="250"} 1.0\n' in answer


async def test_a_gateway_that_can_take_mail_is_ready() -> None:
    async with health("", "") as address:
        assert "200 OK" in await get(address, "/readyz")
        assert (await get(address, "/healthz")).endswith("\r\n\r\nalive\n")


async def test_what_keeps_it_from_taking_mail_is_named() -> None:
    async with health("", "disk full") as address:
        answer = await get(address, "/readyz")

        assert answer.startswith("HTTP/1.1 503 ")
        assert answer.endswith("\r\n\r\ncheck 1: disk full\n")
        assert "200 OK" in await get(address, "/healthz")


async def test_what_is_not_there_is_not_found_and_nothing_can_be_changed() -> None:
    async with health() as address:
        assert "404 Not Found" in await get(address, "/../etc/passwd")
        assert "405" in await ask(address, b"POST /metrics HTTP/1.1\r\n\r\n")


async def test_an_endless_request_is_cut_off() -> None:
    async with health() as address:
        assert await ask(address, b"GET /" + b"x" * 100_000) == ""


class Counted:
    """A check that tells how often it was made."""

    times = 0

    async def __call__(self) -> str:
        self.times += 1
        await asyncio.sleep(0)
        return f"check {self.times}"


async def test_who_asks_all_the_time_is_given_what_was_found_a_moment_ago() -> None:
    now, check = [0.0], Counted()
    remembered = Remembered(check, seconds=5, clock=lambda: now[0])
    first = await asyncio.gather(*(remembered() for _ in range(10)))
    now[0] = 4.9
    second = await remembered()
    now[0] = 5.0
    third = await remembered()

    assert {*first, second} == {"check 1"}
    assert third == "check 2"
