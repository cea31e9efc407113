"""What an administrator sees of a running gateway: a few lines in groups, trouble first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gateway.cli.terminal import cell
from gateway.cli.words import retell, say

_RENEWAL = timedelta(days=14)
_WITHHELD = "delivered without their bad files"
_OUTCOMES = {"quarantine": "held", "withhold": _WITHHELD}
_UNITS = ("{amount} B", "{amount} kB", "{amount} MB", "{amount} GB", "{amount} TB")
_TROUBLES = {
    "workers_failed": "workers died, were late or lied",
    "workers_dying": "alarms: workers die of message after message",
    "rules_reverted": "new rules were taken back: they killed their workers",
    "rule_files_skipped": "rule files are broken and left out",
    "notices_failed": "notices could not be sent",
    "log_lines_dropped": "lines of the log were lost: nobody read them in time",
    "journal_in_doubt": "messages in doubt: ask the mail server behind whether it has them",
}
"""Figures that should be zero, and what it means when they are not."""

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure."""

    labels: Mapping[str, str]
    value: float


class Figures:
    """What ``/metrics`` said. A figure that is not there is 0."""

    def __init__(self, text: str) -> None:
        self._samples: dict[str, list[Sample]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name = sample.name.removeprefix("lazaretto_").removesuffix("_total")
                self._samples.setdefault(name, []).append(Sample(sample.labels, sample.value))

    def all(self, name: str) -> list[Sample]:
        """Every sample of this name, by labels."""
        return self._samples.get(name, [])

    def sum(self, name: str, **labels: str) -> float:
        """All samples of this name that have these labels, together."""
        found = self.all(name)
        return sum(each.value for each in found if labels.items() <= each.labels.items())

    def by(self, name: str, label: str) -> dict[str, float]:
        """What is not zero, by one label, the greatest first."""
        counts: dict[str, float] = {}
        for each in self.all(name):
            counts[each.labels[label]] = counts.get(each.labels[label], 0) + each.value
        return {word: n for word, n in sorted(counts.items(), key=lambda kv: -kv[1]) if n}


def glance(figures: Figures, problems: list[str], *, now: datetime) -> RenderableType:
    """All that is shown."""
    return Group(
        _verdict(problems),
        *_section("trouble", _troubles(figures, now), "yellow"),
        *_section("program", _program(figures, now)),
        *_section("mail", _mail(figures)),
        *_section("now", _present(figures)),
        *_section("refused", _refused(figures)),
    )


def _verdict(problems: list[str]) -> RenderableType:
    if not problems:
        return Text(say("It takes mail."), style="green")
    told = [cell(f"  {retell(problem)}", "red") for problem in problems]
    return Group(Text(say("It cannot take mail."), style="bold red"), *told)


def _section(name: str, rows: Iterable[Row], style: str = "") -> Iterator[RenderableType]:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(min_width=9, style="bold")
    table.add_column(justify="right", min_width=7, style=style)
    table.add_column(style=style, overflow="fold")
    for row, (value, what) in enumerate(rows):
        table.add_row("" if row else say(name), cell(value), cell(retell(what)))
    if table.row_count:
        yield Text()
        yield table


def _troubles(figures: Figures, now: datetime) -> Iterator[Row]:
    for stage, count in figures.by("failed", "stage").items():
        yield _number(count), f"failures of our own: {stage}"
    for name, meaning in _TROUBLES.items():
        if count := figures.sum(name):
            yield _number(count), meaning
    if figures.all("quarantine_has_room") and not figures.sum("quarantine_has_room"):
        yield "", "no room in the quarantine"
    if ends := figures.sum("certificate_expires_seconds"):
        left = datetime.fromtimestamp(ends, UTC) - now
        if left < _RENEWAL:
            yield f"{left.days}", "days until our certificate ends"


def _program(figures: Figures, now: datetime) -> Iterator[Row]:
    for build in figures.all("info"):
        told = build.labels
        yield told.get("version", ""), f"rules {told.get('pack')} {told.get('rules')}"
    if started := figures.sum("started_seconds"):
        since = datetime.fromtimestamp(started, UTC)
        yield _duration(now - since), f"up, and counting since {since:%Y-%m-%d %H:%M} UTC"


def _mail(figures: Figures) -> Iterator[Row]:
    judged = figures.all("messages")
    total = sum(each.value for each in judged)
    yield _number(total), f"messages judged, {_bytes(figures.sum('message_bytes'))}"
    outcomes: dict[str, float] = {}
    for each in judged:
        word = _outcome(each.labels)
        outcomes[word] = outcomes.get(word, 0) + each.value
    if whole := figures.sum("held_whole"):
        outcomes["held"] = outcomes.get("held", 0) + whole
        outcomes[_WITHHELD] = max(outcomes.get(_WITHHELD, 0) - whole, 0)
    for word, count in sorted(outcomes.items(), key=lambda kv: -kv[1]):
        yield _number(count), word
    if classes := figures.by("messages", "class"):
        yield "", ", ".join(f"{retell(word)} {_number(n)}" for word, n in classes.items())
    if repeated := figures.sum("repeated"):
        yield _number(repeated), "came again because their client had not heard our 250"
    if again := figures.sum("redelivered"):
        yield _number(again), "delivered again: nobody knew whether they had arrived"
    for each in figures.all("stage_seconds_sum"):
        stage = each.labels["stage"]
        if count := figures.sum("stage_seconds_count", stage=stage):
            yield f"{1000 * each.value / count:.0f} ms", f"to {stage}, on average"


def _outcome(labels: Mapping[str, str]) -> str:
    if labels["reply"].startswith("4"):
        return "to come again (4xx): their senders keep them"
    if labels["reply"].startswith("5"):
        return "refused (5xx)"
    return _OUTCOMES.get(labels["action"], "delivered")


def _present(figures: Figures) -> Iterator[Row]:
    yield _number(figures.sum("sessions")), "clients connected"
    in_flight = _bytes(figures.sum("bytes_in_flight"))
    yield (
        _number(figures.sum("messages_in_flight")),
        f"messages in judgement; {in_flight} in memory",
    )
    busy, idle = (figures.sum("next_hop_connections", state=state) for state in ("busy", "idle"))
    yield _number(busy), f"connections to the mail server in use, {_number(idle)} idle"
    yield _number(figures.sum("journal_unanswered")), "taken, and their client not heard of yet"


def _refused(figures: Figures) -> Iterator[Row]:
    for cause, count in figures.by("refused", "cause").items():
        yield _number(count), cause


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", say(","))


def _bytes(count: float) -> str:
    for unit in _UNITS[:-1]:
        if count < 1000:
            return _amount(count, unit)
        count /= 1000
    return _amount(count, _UNITS[-1])


def _amount(count: float, unit: str) -> str:
    return say(unit, amount=f"{count:.3g}".replace(".", say(".")))


def _duration(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1440} d"
