from pathlib import Path

import aiosmtplib
import pytest

from gateway.config import ConfigError
from tests.support.certificates import Authority
from tests.support.running import Running, letter, running, settings

RULE = 'rule site {{ strings: $a = "{word}" condition: $a }}'


def pack(folder: Path, word: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "site.yar").write_text(RULE.format(word=word))
    return folder


async def test_new_rules_judge_the_next_message(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.send(letter("note.txt", b"forbidden"))
        rules = {"packs": [pack(tmp_path / "pack", "forbidden")]}

        await house.gateway.reload(settings(tmp_path, house.sink.port, rules=rules))

        await house.send(letter("note.txt", b"forbidden"))
        (item,) = house.held
    before, after = (delivery.message for delivery in house.sink.deliveries)
    assert b"X-Lazaretto-Withheld" not in before
    assert f"X-Lazaretto-Withheld: {item.id}; files=1".encode() in after
    assert item.reasons == ("site",)
    core = str(house.event("started")["pack"]).removeprefix("core ")
    assert house.event("reloaded")["pack"] == f"core+pack {core}+{item.pack[-8:]}"


async def test_a_broken_rule_file_keeps_the_rest_in_force(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack", "forbidden")
    (folder / "broken.yar").write_text("rule a { condition: $nothing }")
    async with running(tmp_path) as house:
        await house.gateway.reload(settings(tmp_path, house.sink.port, rules={"packs": [folder]}))

        await house.send(letter("note.txt", b"forbidden"))
        assert len(house.held) == 1
    assert "broken.yar:1" in str(house.event("reloaded")["skipped"])


async def test_new_actions_are_taken_from_the_next_message_on(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        await house.gateway.reload(settings(tmp_path, house.sink.port, actions={"clean": "reject"}))

        assert (await house.send(letter())).startswith("550 5.7.1")


async def test_what_needs_a_restart_is_named_and_nothing_changes(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        fresh = settings(
            tmp_path, house.sink.port, actions={"clean": "reject"}, workers={"count": 2}
        )

        with pytest.raises(ConfigError, match=r"restart needed for: workers\.count$"):
            await house.gateway.reload(fresh)

        assert (await house.send(letter())).startswith("250")


async def test_a_certificate_that_cannot_be_read_keeps_the_old_settings(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        smtp = {
            "listen": ["127.0.0.1:0"],
            "hostname": "gate.example",
            "tls_certificate": tmp_path / "gone.pem",
            "tls_key": tmp_path / "gone.key",
        }

        with pytest.raises(ConfigError, match=r"smtp\.tls_certificate"):
            await house.gateway.reload(settings(tmp_path, house.sink.port, smtp=smtp))

        assert (await house.send(letter())).startswith("250")


async def test_a_new_certificate_is_served_to_the_next_client(tmp_path: Path) -> None:
    def served_with(name: str) -> dict[str, object]:
        certificate, key = authority.files(name, tmp_path)
        listen = {"listen": ["127.0.0.1:0"], "hostname": "gate.example"}
        return {**listen, "tls_certificate": certificate, "tls_key": key}

    authority = Authority()
    async with running(tmp_path, smtp=served_with("old.example")) as house:
        before = await name_of(house, authority)
        fresh = settings(tmp_path, house.sink.port, smtp=served_with("new.example"))
        await house.gateway.reload(fresh)

        assert (before, await name_of(house, authority)) == ("old.example", "new.example")
    assert house.event("certificate_expires")["level"] == "warning"


async def name_of(house: Running, authority: Authority) -> str:
    """The name in the certificate that a client gets at the moment."""
    host, port = house.gateway.addresses[0]
    context = authority.client()
    context.check_hostname = False
    client = aiosmtplib.SMTP(hostname=host, port=port, start_tls=True, tls_context=context)
    async with client:
        found = client.get_transport_info("peercert")
    return str(found["subjectAltName"][0][1])
