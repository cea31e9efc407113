"""From connect to the last EHLO, in clear and in TLS."""

import ssl

import pytest

from gateway.smtp.outbound import HopAddress, NextHop, NextHopError, Timeouts, dial
from tests.support.certificates import Authority
from tests.support.next_hop import (
    BOB,
    ENVELOPE,
    Fault,
    Stage,
    adds,
    full_backlog,
    hangs,
    hangs_up,
    says,
    spooled,
    staged,
)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def deliver(stage: Stage) -> str:
    """The TLS version with which a message arrives."""
    transaction = await stage.begin(BOB)
    with spooled() as message:
        assert (await transaction.send(b"", message)).is_positive
    return stage.sink.deliveries[-1].envelope.tls


async def test_a_port_that_answers_nothing_is_given_up() -> None:
    with full_backlog() as port:
        address = HopAddress("127.0.0.1", port)
        hop = NextHop([address], hostname="gateway.test", timeouts=Timeouts(connect=0.2))
        with pytest.raises(NextHopError, match="connect took more than"):
            await hop.begin(ENVELOPE)


@pytest.mark.parametrize("host", ["two..dots", "x" * 64, "fe80::1%no-such-link"])
async def test_a_host_that_cannot_be_is_an_error_like_any_other(host: str) -> None:
    hop = NextHop([HopAddress(host)], hostname="gateway.test")
    with pytest.raises(NextHopError, match=host[:9]):
        await hop.begin(ENVELOPE)


@pytest.mark.parametrize(
    ("verb", "name", "timeouts"),
    [("CONNECT", "greeting", Timeouts(banner=0.2)), ("EHLO", "EHLO", Timeouts(command=0.2))],
)
async def test_a_hop_that_hangs_is_given_up_and_the_step_is_named(
    verb: str, name: str, timeouts: Timeouts
) -> None:
    async with staged({verb: hangs}, timeouts=timeouts) as stage:
        with pytest.raises(NextHopError, match=f"{name} took more than 0.2 s"):
            await stage.begin()


@pytest.mark.parametrize(
    "faults",
    [
        {"CONNECT": hangs_up},
        {"CONNECT": says("554 5.7.1 go away")},
        {"CONNECT": says("421 4.3.2 not now")},
        {"CONNECT": says("HTTP/1.1 400 Bad Request")},
        {"CONNECT": says(b"220-\r\n" * 1_000)},
        {"EHLO": says("451 4.3.0 later")},
        {"EHLO": hangs_up},
        {"EHLO": says("354 go ahead")},
        {"EHLO": says("500 what?"), "HELO": says("550 no")},
    ],
)
async def test_a_hop_that_does_not_welcome_us_is_an_error(faults: dict[str, Fault]) -> None:
    async with staged(faults) as stage:
        with pytest.raises(NextHopError):
            await stage.begin()

        assert not any(step.startswith("MAIL") for step in stage.steps)


async def test_the_error_quotes_what_the_hop_said() -> None:
    async with staged({"CONNECT": says("421-4.3.2 not now\r\n421 4.3.2 ask again")}) as stage:
        with pytest.raises(NextHopError, match=r"greeted us with 421 4\.3\.2 not now 4\.3\.2 ask"):
            await stage.begin()


async def test_a_hop_that_knows_only_helo_offers_nothing_and_gets_plain_mail() -> None:
    async with staged({"EHLO": says("500 5.5.1 what?")}) as stage:
        await deliver(stage)

        assert stage.hop.extensions() == frozenset()
        assert len(stage.messages) == 1


async def test_required_tls_is_verified_and_used(authority: Authority) -> None:
    sink = {"tls": authority.server("hop.test")}
    async with staged(sink=sink, tls="required", tls_context=authority.client) as stage:
        assert (await deliver(stage)).startswith("TLSv1.")

        assert stage.steps.count("EHLO") == 2
        assert "STARTTLS" not in stage.hop.extensions()


@pytest.mark.parametrize("name", ["other.test", "*.hop.test"])
async def test_required_tls_refuses_another_name(authority: Authority, name: str) -> None:
    sink = {"tls": authority.server(name)}
    async with staged(sink=sink, tls="required", tls_context=authority.client) as stage:
        with pytest.raises(NextHopError, match="TLS failed"):
            await stage.begin()

        assert not any(step.startswith("MAIL") for step in stage.steps)


async def test_required_tls_refuses_a_stranger_by_default(authority: Authority) -> None:
    async with staged(sink={"tls": authority.server("hop.test")}, tls="required") as stage:
        with pytest.raises(NextHopError, match="TLS failed"):
            await stage.begin()


@pytest.mark.parametrize(
    "fault", [says("454 4.7.0 not now"), says("220-\r\n"), hangs_up, adds("250 injected")]
)
async def test_required_tls_never_falls_back(authority: Authority, fault: Fault) -> None:
    sink = {"tls": authority.server("hop.test")}
    options = {"tls": "required", "tls_context": authority.client}
    async with staged({"STARTTLS": fault}, sink=sink, **options) as stage:
        with pytest.raises(NextHopError):
            await stage.begin()

        assert not any(step.startswith("MAIL") for step in stage.steps)


async def test_what_was_said_in_clear_before_the_handshake_ends_the_connection(
    authority: Authority,
) -> None:
    sink = {"tls": authority.server("hop.test")}
    injected = {"STARTTLS": adds("250-hop.test\r\n250 8BITMIME")}
    async with staged(injected, sink=sink, tls="opportunistic") as stage:
        with pytest.raises(NextHopError, match="between STARTTLS and the handshake"):
            await stage.begin()


async def test_required_tls_refuses_a_hop_that_offers_none() -> None:
    async with staged(tls="required") as stage:
        with pytest.raises(NextHopError, match="does not offer STARTTLS"):
            await stage.begin()


async def test_opportunistic_tls_takes_any_certificate(authority: Authority) -> None:
    async with staged(sink={"tls": authority.server("other.test")}, tls="opportunistic") as stage:
        assert (await deliver(stage)).startswith("TLSv1.")


async def test_opportunistic_tls_goes_in_clear_where_there_is_none() -> None:
    async with staged(tls="opportunistic") as stage:
        assert await deliver(stage) == ""


async def test_opportunistic_tls_goes_in_clear_where_it_fails(authority: Authority) -> None:
    sink = {"tls": authority.server("hop.test")}
    fault = says("454 4.7.0 not now")
    async with staged({"STARTTLS": fault}, sink=sink, tls="opportunistic") as stage:
        assert await deliver(stage) == ""
        assert stage.steps.count("CONNECT") == 2


def test_the_default_contexts_verify_exactly_when_tls_is_required() -> None:
    assert dial._verifying().verify_mode is ssl.CERT_REQUIRED
    assert dial._verifying().check_hostname
    assert dial._trusting().verify_mode is ssl.CERT_NONE
