from datetime import UTC, datetime, timedelta

from prometheus_client.exposition import generate_latest
from rich.console import Console

from gateway.cli.glance import Figures, glance
from gateway.telemetry.metrics import Metrics

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def shown(metrics: Metrics, *problems: str) -> str:
    console = Console(width=80)
    metrics.started.set((NOW - timedelta(hours=25)).timestamp())
    metrics.has_room.set(1)
    figures = Figures(generate_latest(metrics.registry).decode())
    with console.capture() as capture:
        console.print(glance(figures, [*problems], now=NOW))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def test_a_gateway_that_is_well_shows_no_trouble_and_no_refusals() -> None:
    metrics = Metrics()
    metrics.build.info({"version": "0.1.0", "pack": "core", "rules": "2026.11.23"})

    assert (
        shown(metrics)
        == """\
It takes mail.

program      0.1.0  rules core 2026.11.23
              25 h  up, and counting since 2026-11-25 11:00 UTC

mail             0  messages judged, 0 B

now              0  clients connected
                 0  messages in judgement; 0 B in memory
                 0  connections to the mail server in use, 0 idle
                 0  taken, and their client not heard of yet
"""
    )


def test_what_became_of_the_mail_is_told_by_what_its_senders_heard() -> None:
    metrics = Metrics()
    for labels, count in (
        (("clean", "deliver", "250"), 48_211),
        (("malicious", "quarantine", "250"), 12),
        (("opaque", "withhold", "250"), 120),
        (("clean", "deliver", "451"), 3),
        (("clean", "deliver", "550"), 1),
    ):
        metrics.messages.labels(*labels).inc(count)
    metrics.held_whole.labels("message").inc(20)
    metrics.bytes.inc(12_345_678)
    metrics.stages.labels("scan").observe(0.031)

    told = shown(metrics)

    for line in (
        "mail        48,347  messages judged, 12.3 MB\n",
        "            48,211  delivered\n",
        "               100  delivered without their bad files\n",
        "                32  held\n",
        "                 3  to come again (4xx): their senders keep them\n",
        "                 1  refused (5xx)\n",
        "                    clean 48,215, opaque 120, malicious 12\n",
        "             31 ms  to scan, on average\n",
    ):
        assert line in told


def test_trouble_comes_first_and_says_what_it_means() -> None:
    metrics = Metrics()
    metrics.failed.labels("relay").inc(2)
    metrics.workers_failed.labels("lost").inc(3)
    metrics.log_dropped.inc(7)
    metrics.certificate_expires.set((NOW + timedelta(days=5)).timestamp())
    metrics.refused.labels("relaying").inc(400)

    told = shown(metrics, "next hop: [127.0.0.1]:25: Connection refused")

    assert told.startswith(
        "It cannot take mail.\n"
        "  next hop: [127.0.0.1]:25: Connection refused\n"
        "\n"
        "trouble          2  failures of our own: relay\n"
        "                 3  workers died, were late or lied\n"
        "                 7  lines of the log were lost: nobody read them in time\n"
        "                 5  days until our certificate ends\n"
    )
    assert told.endswith("refused        400  relaying\n")


def test_a_terminal_of_eighty_columns_is_wide_enough() -> None:
    metrics = Metrics()
    metrics.in_doubt.set(2)
    metrics.messages.labels("clean", "deliver", "250").inc(10**9)

    assert max(map(len, shown(metrics).splitlines())) <= 80
