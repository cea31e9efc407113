import tomllib
from pathlib import Path

import pytest

from gateway.config import ConfigError, Settings, load, parse
from gateway.smtp.outbound import Limits, Timeouts

CONFIG = Path(__file__).parents[2] / "config"

DEADLINES = (
    "limits.time < workers.deadline, and workers.queue + workers.deadline < smtp.deadline: "
    "each has to end before the next one cuts it off"
)
MISTAKES = {
    "smtp.lisen": (
        {"smtp": {"lisen": []}},
        "gw.toml: unknown key 'smtp.lisen'; did you mean 'listen'?",
    ),
    "no near key": (
        {"zzz": {}},
        (
            "gw.toml: unknown key 'zzz'; known keys: smtp, next_hop, limits, scan, workers, "
            "actions, quarantine, desk, state, rules, hashes, clamd, notices, health, log"
        ),
    ),
    "a key inside a table inside a table": (
        {"smtp": {"limits": {"recipient": 5}}},
        "gw.toml: unknown key 'smtp.limits.recipient'; did you mean 'recipients'?",
    ),
    "a size that is none": (
        {"limits": {"file_size": "much"}},
        "gw.toml: limits.file_size: expected a size such as '64 MiB', got 'much'",
    ),
    "a duration that is none": (
        {"workers": {"deadline": "soon"}},
        "gw.toml: workers.deadline: expected a duration such as '20s' or '5 min', got 'soon'",
    ),
    "an action that is none": (
        {"actions": {"clean": "pass"}},
        (
            "gw.toml: actions.clean: expected one of deliver, tag, withhold, defer, quarantine, "
            "reject, got 'pass'"
        ),
    ),
    "a port that is none": (
        {"smtp": {"listen": ["127.0.0.1:99999"]}},
        "gw.toml: smtp.listen.0: there is no port 99999, got '127.0.0.1:99999'",
    ),
    "no port": (
        {"next_hop": {"hosts": ["mail"]}},
        "gw.toml: next_hop.hosts.0: expected host:port, such as '127.0.0.1:25', got 'mail'",
    ),
    "an open relay": (
        {"smtp": {"client_networks": ["0.0.0.0/0"]}},
        "gw.toml: smtp: client_networks: 0.0.0.0/0 may send anywhere: refusing to be an open relay",
    ),
    "an open relay in two halves": (
        {"smtp": {"client_networks": ["::/1", "10.0.0.0/8", "8000::/1"]}},
        (
            "gw.toml: smtp: client_networks: ::/1, 10.0.0.0/8, 8000::/1 may send anywhere: "
            "refusing to be an open relay"
        ),
    ),
    "a network that is none": (
        {"smtp": {"client_networks": ["10.0.0.1/8"]}},
        "gw.toml: smtp.client_networks.0: 10.0.0.1/8 has host bits set, got '10.0.0.1/8'",
    ),
    "a loop": (
        {"smtp": {"listen": ["127.0.0.1:25"]}, "next_hop": {"hosts": ["127.0.0.1:25"]}},
        "gw.toml: next_hop.hosts: 127.0.0.1:25 is this gateway itself: mail would loop",
    ),
    "unseen mail as clean": (
        {"actions": {"unscannable": "deliver"}},
        "gw.toml: actions: unscannable = 'deliver' would pass unseen mail as clean; use 'tag'",
    ),
    "PROXY from anybody": (
        {"smtp": {"proxy_protocol": True}},
        "gw.toml: smtp: proxy_protocol needs front_ends: name the networks that may speak it",
    ),
    "deadlines out of order": (
        {"workers": {"deadline": "2 min"}},
        f"gw.toml: {DEADLINES}",
    ),
    "a loop by another name": (
        {"smtp": {"listen": ["0.0.0.0:25"]}, "next_hop": {"hosts": ["mail:25", "localhost:25"]}},
        "gw.toml: next_hop.hosts: localhost:25 is this gateway itself: mail would loop",
    ),
    "a loop by our own name": (
        {
            "smtp": {"listen": ["[::]:25"], "hostname": "gate.example"},
            "next_hop": {"hosts": ["Gate.example:25"]},
        },
        "gw.toml: next_hop.hosts: Gate.example:25 is this gateway itself: mail would loop",
    ),
    "a listener twice": (
        {"smtp": {"listen": ["127.0.0.1:25", "[::1]:25", "0.0.0.0:25"]}},
        "gw.toml: 0.0.0.0:25 is listened on already, as 127.0.0.1:25",
    ),
    "health where mail comes in": (
        {"smtp": {"listen": ["127.0.0.1:25"]}, "health": {"listen": "localhost:25"}},
        "gw.toml: localhost:25 is listened on already, as 127.0.0.1:25",
    ),
    "no listener at all": (
        {"smtp": {"listen": []}},
        "gw.toml: smtp: listen: name one address at least",
    ),
    "no next hop at all": (
        {"next_hop": {"hosts": []}},
        "gw.toml: next_hop: hosts: name one mail server at least",
    ),
    "pauses the wrong way round": (
        {"next_hop": {"limits": {"first_pause": "1 min"}}},
        (
            "gw.toml: next_hop.limits: first_pause is doubled up to longest_pause: it cannot be "
            "longer"
        ),
    ),
    "authorities that nobody asks": (
        {"next_hop": {"tls_authorities": "/x.pem"}},
        (
            "gw.toml: next_hop: tls_authorities has no meaning unless tls = 'required': no "
            "certificate is checked"
        ),
    ),
    "a name that nobody checks": (
        {"next_hop": {"tls": "off", "tls_name": "mail.example"}},
        (
            "gw.toml: next_hop: tls_name has no meaning unless tls = 'required': no certificate "
            "is checked"
        ),
    ),
    "a deadline that no client waits for": (
        {"smtp": {"deadline": "15 min"}},
        (
            "gw.toml: smtp: deadline: no client waits for ten minutes, and a Postfix in front for "
            "100 s"
        ),
    ),
    "a certificate without its key": (
        {"smtp": {"tls_certificate": "/x.pem"}},
        "gw.toml: smtp: tls_certificate and tls_key go together: give both or none",
    ),
}


@pytest.mark.parametrize(("tables", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_the_key_and_what_is_wrong(
    tables: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(tables, "gw.toml")

    assert str(caught.value) == message


def test_both_families_may_be_listened_on() -> None:
    listen = ("0.0.0.0:25", "[::]:25", "127.0.0.1:26")

    assert parse({"smtp": {"listen": listen}}, "gw.toml").smtp.listen == listen


def test_the_keys_of_the_next_hop_reach_the_client() -> None:
    asked = parse({"next_hop": {"limits": {"connections": 5, "answer_time": "9s"}}}, "x").next_hop

    assert asked.limits.limits() == Limits(connections=5)
    assert asked.limits.timeouts() == Timeouts(dot=9.0)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"smtp": {"lisen": []}, "limits": {"depth": 0}}, "gw.toml")

    assert len(str(caught.value).splitlines()) == 2


def test_the_sample_file_shows_every_key_at_its_default() -> None:
    written = tomllib.loads((CONFIG / "lazaretto.toml").read_text())
    defaults = Settings().as_written()
    # TOML has no null: these stand in the file as comments.
    for table, key in (
        ("smtp", "tls_certificate"),
        ("smtp", "tls_key"),
        ("next_hop", "tls_authorities"),
        ("quarantine", "reading_key_file"),
    ):
        assert defaults[table].pop(key) is None
        assert f"# {key} = " in (CONFIG / "lazaretto.toml").read_text()

    assert written == defaults


def test_the_sample_file_gives_the_reason_of_every_key() -> None:
    lines = (CONFIG / "lazaretto.toml").read_text().splitlines()
    keys = [number for number, line in enumerate(lines) if line[:1].isalpha() and " = " in line]

    unexplained = [
        lines[number]
        for number in keys
        if not lines[number - 1].startswith("#") and number - 1 not in keys
    ]

    assert not unexplained


def test_the_minimal_file_is_good() -> None:
    settings = load(CONFIG / "minimal.toml")

    assert settings.smtp.recipient_domains == ("hospital.example",)


def test_sizes_and_durations_are_read_with_their_units() -> None:
    settings = parse(
        {"limits": {"file_size": "1.5 KiB", "time": "0.5 min"}, "workers": {"queue": "500ms"}}, "x"
    )

    assert settings.limits.file_size == 1536
    assert settings.limits.time == 30.0
    assert settings.workers.queue == 0.5


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZARETTO_SMTP__HOSTNAME", "gate.example")

    assert parse({"smtp": {"hostname": "other.example"}}, "x").smtp.hostname == "gate.example"


def test_the_environment_is_read_as_strictly_as_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZARETTO_WORKERS__REQUIRE_SANDBOX", "yess")

    with pytest.raises(ConfigError, match=r"workers\.require_sandbox: .*boolean.*'yess'"):
        parse({}, "environment")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read: No such file"):
        load(tmp_path / "gone.toml")


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[smtp]\nlisten = [\n[x]\n")

    with pytest.raises(ConfigError, match=r"bad\.toml: is not valid TOML: .*line 3"):
        load(file)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().limits.depth = 99
