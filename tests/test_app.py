import base64
import socket
from io import StringIO
from pathlib import Path

import pytest

from gateway import app
from gateway.demo import samples
from gateway.model import Envelope, Recipient
from gateway.smtp.sink import Sink, Step
from gateway.smtp.submission import submit
from quarantine import KeyFileError
from tests.support.certificates import Authority
from tests.support.http import get
from tests.support.running import Running, letter, running, settings

LETTER = Envelope("lab@out.example", (Recipient("dr@hospital.example"),))


async def test_honest_mail_arrives(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        reply = await house.send(letter("result.pdf", samples.laboratory_pdf(), "application/pdf"))

        (delivery,) = house.sink.deliveries
    assert reply.startswith("250")
    assert b"X-Lazaretto: clean; id=" in delivery.message


async def test_what_hides_in_an_archive_in_an_archive_is_held(tmp_path: Path) -> None:
    inner = samples.zip_of({"a.zip": samples.zip_of({"x.txt": samples.eicar()})})
    async with running(tmp_path) as house:
        reply = await house.send(letter("a.zip", inner, "application/zip"))

        assert reply.startswith("250")
        assert not house.sink.deliveries
        (item,) = house.held
    assert (item.kind, item.reasons) == ("malicious", ("test_eicar",))


async def test_the_start_says_where_it_listens_and_how_workers_are_confined(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        started = next(event for event in house.events if event["event"] == "started")
        _, port = house.gateway.addresses[0]

    assert started["listening"] == [f"127.0.0.1:{port}"]
    assert set(started["sandbox"].values()) == {"holds"}  # type: ignore[attr-defined]
    assert house.events[-1]["event"] == "stopped"


async def test_while_the_mail_server_is_down_senders_keep_their_mail(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    log = StringIO()
    async with app.run(settings(tmp_path, port), log=log) as gateway, Sink() as sink:
        house = Running(gateway, sink, log)

        reply = await house.send(letter())

        assert reply.startswith("451 4.4.1")
        assert not house.held
    assert "next_hop_unreachable" in {event["event"] for event in house.events}


async def test_one_broken_rule_file_does_not_stop_the_mail(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "broken.yar").write_text("rule a { condition: $nothing }")
    (pack / "good.yar").write_text('rule site { strings: $a = "forbidden" condition: $a }')
    async with running(tmp_path, rules={"packs": [pack]}) as house:
        await house.send(letter())
        await house.send(letter("note.txt", b"forbidden"))

        letter_, copy = house.sink.deliveries
        (item,) = house.held
    assert item.reasons == ("site",)
    assert (b"forbidden" in letter_.message, item.id in copy.message.decode()) == (False, True)
    (skipped,) = [event for event in house.events if event["event"] == "rule_file_skipped"]
    assert "broken.yar:1" in str(skipped["problem"])


async def test_a_key_that_is_not_there_keeps_the_gateway_from_listening(tmp_path: Path) -> None:
    wanted = settings(tmp_path, 9)
    (tmp_path / "key").unlink()

    with pytest.raises(KeyFileError):
        async with app.run(wanted, log=StringIO()):
            pass


async def test_a_port_in_use_is_said_and_nothing_is_left_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanted = settings(tmp_path, 9, smtp={"listen": [f"127.0.0.1:{port}"]})

        with pytest.raises(app.ListenError, match=f"127.0.0.1:{port}: Address already in use"):
            async with app.run(wanted, log=StringIO()):
                pass


async def test_a_name_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    smtp = {"listen": ["no such name:25"]}

    with pytest.raises(app.ListenError, match="no such name:25: Name or service not known"):
        async with running(tmp_path, smtp=smtp):
            pass


@pytest.mark.parametrize(
    ("name", "outcome"), [("mail.example", (250, 1)), ("other.example", (451, 0))]
)
async def test_a_mail_server_that_must_prove_its_name_gets_mail_only_then(
    tmp_path: Path, name: str, outcome: tuple[int, int]
) -> None:
    authority = Authority()
    async with Sink(tls=authority.server(name)) as sink:
        next_hop = {
            "hosts": [f"127.0.0.1:{sink.port}"],
            "tls": "required",
            "tls_name": "mail.example",
            "tls_authorities": authority.authorities(tmp_path),
        }
        asked = settings(tmp_path, sink.port, next_hop=next_hop)
        async with app.next_hop(asked) as hop:
            begun = await submit(hop, LETTER, b"", b"Subject: x\r\n\r\n")

        assert (begun.code, len(sink.deliveries)) == (
            (250, 1) if name == "mail.example" else (451, 0)
        )


async def test_who_asks_all_the_time_does_not_keep_the_mail_server_busy(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        assert house.gateway.health
        greeted: list[str] = []

        async def greet(step: Step) -> bytes:
            greeted.append(step.verb)
            return step.usual

        house.sink.conduct = greet
        for _ in range(20):
            assert (await get(house.gateway.health, "/readyz")).endswith("ready\n")

        assert greeted.count("EHLO") == 1


LOCKED = samples.encrypted_zip("x.txt", b"x" * 50, b"Zq9-unsaid")


async def test_a_withheld_file_is_replaced_by_a_notice_in_the_words_of_the_settings(
    tmp_path: Path,
) -> None:
    notices = {"recipients": True, "language": "en", "contact": "4242"}
    async with running(tmp_path, notices=notices) as house:
        await house.send(letter("x.zip", LOCKED, "application/zip"))

        (delivery,) = house.sink.deliveries
    assert delivery.envelope.sender == "lab@out.example"
    assert b"contact 4242" in delivery.message
    assert b"protected by a password" in delivery.message
    assert base64.b64encode(LOCKED)[:60] not in delivery.message


async def test_recipients_of_what_is_held_whole_are_told_when_the_settings_say_so(
    tmp_path: Path,
) -> None:
    notices = {"recipients": True, "language": "en", "contact": "4242"}
    nothing_but_a_file = letter()
    nothing_but_a_file.set_content(LOCKED, "application", "zip", filename="x.zip")
    async with running(tmp_path, notices=notices) as house:
        await house.send(nothing_but_a_file)

        (delivery,) = house.sink.deliveries
    assert delivery.envelope.sender == ""
    assert b"protected by a password" in delivery.message


async def test_figures_and_readiness_can_be_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.send(letter())
        assert house.gateway.health

        ready = await get(house.gateway.health, "/readyz")
        figures = await get(house.gateway.health, "/metrics")

    assert ready.endswith("ready\n")
    assert 'lazaretto_messages_total{action="deliver",class="clean",reply="250"} 1.0' in figures
    assert 'lazaretto_info{pack="core",' in figures
    for figure in (
        "lazaretto_quarantine_has_room 1.0",
        "lazaretto_messages_in_flight 0.0",
        "lazaretto_bytes_in_flight 0.0",
        "lazaretto_journal_unanswered 0.0",
        "lazaretto_journal_in_doubt 0.0",
        'lazaretto_next_hop_connections{state="idle"} 1.0',
        'lazaretto_refused_total{cause="recipients"} 0.0',
    ):
        assert f"{figure}\n" in figures
    for word in ("lab@", "dr@", "result"):
        assert word not in figures
