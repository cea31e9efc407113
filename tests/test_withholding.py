"""A message that is withheld: its recipients get a copy without its bad files, the house keeps it.

What a kill does to it stands in tests/faults/test_kills.py.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from gateway import failpoints
from gateway.custody.release import Release
from gateway.model import Action, Class, Report
from gateway.notices.held import Notices
from gateway.notices.withheld import StandIns
from gateway.policy import Policy
from gateway.smtp import replies
from gateway.smtp.sink import Conduct, Sink, Step
from gateway.spool import Spool
from gateway.workers.pool import PoolBusyError
from quarantine import State, StoreError
from tests.support import scanning, smime
from tests.support.house import CLEAN, MALICIOUS, MARKS, House, house
from tests.support.next_hop import hangs_up
from tests.support.withholding import (
    LETTER,
    RESULT,
    SCRIPT,
    WITHHELD,
    InHouse,
    mail,
    spellings,
)

ENGLISH = StandIns("en", "4242")
SEALED = smime.wrapped(smime.ENVELOPED)
NOTICES = Notices("en", "postmaster@hospital.example", "4242")


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.disarm()


@asynccontextmanager
async def ward(**options: object) -> AsyncIterator[House]:
    """A house whose scanner looks at what it is given."""
    async with house(**options) as home:  # type: ignore[arg-type]
        means = replace(home.pipeline.means, stand_ins=ENGLISH)
        home.pipeline = replace(home.pipeline, scanner=InHouse(), means=means)
        yield home


async def send(home: House, message: bytes = WITHHELD, identifier: str = "T1") -> replies.Reply:
    return await home.send(None, message, identifier=identifier)


def read(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=default)  # type: ignore[return-value]


def held(home: House) -> list[str]:
    """The items that can be released."""
    return [item.id for item in home.lockbox.items() if item.state is State.HELD]


def answering(at: str, *answers: str | type[Exception]) -> Conduct:
    """A next hop that gives these answers at one step, one after the other, and then the usual."""
    left = iter(answers)

    async def conduct(step: Step) -> bytes:
        answer = next(left, None) if step.verb == at else None
        if isinstance(answer, type):
            return await hangs_up(step)
        return f"{answer}\r\n".encode() if answer else step.usual

    return conduct


# What arrives, and what is kept.


async def test_the_recipient_gets_the_letter_and_a_notice_in_the_place_of_the_file() -> None:
    async with ward() as home:
        reply = await send(home)

        (delivery,) = home.sink.deliveries
        (item,) = home.lockbox.items()
        assert home.lockbox.message(item.id) == WITHHELD
    assert (reply.code, item.kind, item.action) == (250, "suspicious", "withhold")
    copy = read(delivery.message)
    assert copy["Subject"] == "result"
    body, result, notice, more = copy.iter_parts()
    assert body.get_content().replace("\r\n", "\n") == LETTER
    assert (result.get_filename(), more.get_filename()) == ("result.txt", "more.txt")
    assert (result.get_content(), more.get_content()) == (RESULT, RESULT + b"more")
    text = notice.get_content()
    for words in ("planning.js", item.id, "contact 4242", "a program that runs", "script.acts"):
        assert words in text
    for spelling in spellings(SCRIPT):
        assert spelling not in delivery.message


async def test_above_the_copy_stands_what_it_is_and_where_the_original_is() -> None:
    async with ward() as home:
        await send(home)

        (delivery,) = home.sink.deliveries
        (item,) = home.lockbox.items()
    copy = read(delivery.message)
    assert copy["X-Lazaretto"].startswith("suspicious; id=T1; rules=")
    assert copy["X-Lazaretto-Withheld"] == f"{item.id}; files=1"
    assert f"{MARKS.passed('T1')}\r\n".encode() in delivery.message


async def test_the_copy_is_no_duplicate_of_the_original_for_servers_that_drop_those() -> None:
    async with ward() as home:
        await send(home)

        (delivery,) = home.sink.deliveries
        (item,) = home.lockbox.items()
    copy = read(delivery.message)
    assert copy["Message-ID"] == f"<{item.id}.withheld.1@out.example>"
    assert copy["References"] == "<1@out.example>"


async def test_who_has_a_copy_since_when_is_in_the_audit_and_in_one_event() -> None:
    async with ward() as home:
        await send(home)

        (item,) = home.lockbox.items()
        *_, record = home.lockbox.item(item.id).records
        event = home.events[-1]
    assert (record.action, record.who) == ("copy-sent", "intake")
    assert record.why.startswith("250 ")
    assert record.why.endswith("; to dr@hospital.example")
    assert (event["action"], event["reply"], event["item"]) == ("withhold", 250, item.id)
    assert event["whole"] is None


async def test_the_original_is_held_before_the_final_dot() -> None:
    seen: list[int] = []

    async with ward() as home:

        async def look(step: Step) -> bytes:
            if step.verb == ".":
                seen.append(len(held(home)))
            return step.usual

        home.sink.conduct = look
        await send(home)

    assert seen == [1]


async def test_a_release_sends_the_original_byte_for_byte() -> None:
    async with ward() as home:
        await send(home)
        (item,) = held(home)

        desk = Release(home.lockbox, home.hop, "gate.example", MARKS)
        handed = await desk.release(item, who="alice", why="the sender called")

        _, released = home.sink.deliveries
    assert handed.taken == ("dr@hospital.example",)
    assert released.message.endswith(WITHHELD)
    assert f"X-Lazaretto: released; id={item}\r\n".encode() in released.message


async def test_there_is_no_notice_by_mail_beside_the_copy() -> None:
    async with ward(notices=NOTICES) as home:
        await send(home)

        (delivery,) = home.sink.deliveries
    assert delivery.envelope.sender == "lab@out.example"


async def test_what_policy_lets_through_stays_in_the_copy() -> None:
    signed = mail(("smime.p7m", SEALED), ("planning.js", SCRIPT))
    async with ward() as home:
        await send(home, signed)

        (delivery,) = home.sink.deliveries
    _, sealed, notice = read(delivery.message).iter_parts()
    assert sealed.get_content() == SEALED
    assert "planning.js" in notice.get_content()


# When it is held whole instead.


def _signed() -> bytes:
    declared = b'multipart/signed; protocol="application/pgp-signature"'
    return WITHHELD.replace(b"multipart/mixed", declared)


WHOLES = {
    "in the letter itself": (
        WITHHELD.replace(b"Dear colleague", b"Dear <script>x</script>")
        .replace(b'text/plain; charset="utf-8"', b"text/html")
        .replace(b"the result of our patient", SCRIPT.strip() * 2),
        "place",
    ),
    "signed": (_signed(), "place"),
    "readers disagree": (
        WITHHELD.replace(b'boundary="b1"', b"boundary=b0; boundary=b1"),
        "message",
    ),
    "the message is the file": (
        mail(("planning.js", SCRIPT)).split(b"--b1\r\n")[2].removesuffix(b"--b1--\r\n"),
        "place",
    ),
    "many files": (
        mail(*((f"planning-{n}.js", SCRIPT + b"'%d" % n) for n in range(21))),
        "many",
    ),
}


@pytest.mark.parametrize(("message", "cause"), WHOLES.values(), ids=WHOLES)
async def test_what_cannot_be_taken_out_safely_is_held_whole(message: bytes, cause: str) -> None:
    async with ward() as home:
        assert (await send(home, message)).code == 250

        (item,) = home.lockbox.items()
        assert home.lockbox.message(item.id) == message
        assert not home.sink.deliveries
        assert (home.events[-1]["action"], home.events[-1]["whole"]) == ("withhold", cause)
    assert item.action == "quarantine"


async def test_malicious_mail_is_held_whole_even_where_it_is_to_be_withheld() -> None:
    policy = Policy(dict.fromkeys(Class, Action.WITHHOLD))
    async with house(policy=policy) as home:
        await home.send(MALICIOUS)

        assert not home.sink.deliveries
        assert home.events[-1]["whole"] == "malicious"


@dataclass
class Doubtful(InHouse):
    """Looks at one message, and has something else to say of the next one."""

    later: Callable[[], Report] = field(default=lambda: MALICIOUS)

    async def scan(
        self, message: Spool, *, name: str, declared_type: str, sender_domain: str
    ) -> Report:
        told = await super().scan(
            message, name=name, declared_type=declared_type, sender_domain=sender_domain
        )
        return told if len(self.seen) == 1 else self.later()


def _busy() -> Report:
    raise PoolBusyError("no worker became free")


@pytest.mark.parametrize(("later", "cause"), [(lambda: MALICIOUS, "copy"), (_busy, "busy")])
async def test_a_copy_that_was_not_found_clean_is_not_delivered(
    later: Callable[[], Report], cause: str
) -> None:
    async with ward(notices=NOTICES) as home:
        home.pipeline = replace(home.pipeline, scanner=Doubtful(later=later))
        assert (await send(home)).code == 250

        (item,) = home.lockbox.items()
        (notice,) = home.sink.deliveries
    assert notice.envelope.sender == ""
    assert item.id in read(notice.message).get_content()
    assert home.events[-1]["whole"] == cause


async def test_a_copy_that_is_larger_than_the_next_hop_takes_is_not_offered_to_it() -> None:
    small = mail(*((f"{n}.js", SCRIPT) for n in range(12)))
    offer = f"SIZE {len(small) + 4096 + 500}"
    async with ward(sink=Sink(extensions=(offer,))) as home:
        await home.hop.probe()
        assert (await send(home, small)).code == 250

        assert len(held(home)) == 1
        assert not home.sink.deliveries
    assert home.events[-1]["whole"] == "size"


async def test_the_copy_was_looked_at_as_it_is_delivered() -> None:
    async with ward() as home:
        scanner = InHouse()
        home.pipeline = replace(home.pipeline, scanner=scanner)
        await send(home)

        (delivery,) = home.sink.deliveries
    assert scanner.seen[0] == WITHHELD
    assert delivery.message.endswith(scanner.seen[1])
    assert scanning.scan(scanner.seen[1]).is_clean


@pytest.mark.parametrize("later", [lambda: scanning.scan(WITHHELD), _busy])
async def test_a_copy_that_is_not_wanted_costs_no_memory(later: Callable[[], Report]) -> None:
    async with ward(sink=Sink(conduct=answering(".", "452 4.2.2 mailbox full"))) as home:
        await send(home)
        before = memory_files()
        home.pipeline = replace(home.pipeline, scanner=Doubtful(later=later))
        await send(home, identifier="T2")

        assert len(held(home)) == 1
        assert memory_files() == before == 0


def memory_files() -> int:
    """Spools that this process has open."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum("memfd:message" in str(link.readlink()) for link in links)


async def test_without_time_for_the_copy_the_message_is_held_whole() -> None:
    async with ward(deadline_seconds=10.0) as home:
        assert (await send(home)).code == 250

        assert len(held(home)) == 1
        assert not home.sink.deliveries
    assert home.events[-1]["whole"] == "late"


# Both or neither.


@pytest.mark.parametrize("answer", ["452 4.2.2 mailbox full", "554 5.7.1 no"])
async def test_w8_what_the_next_hop_refuses_at_the_dot_is_not_held_either(answer: str) -> None:
    async with ward(sink=Sink(conduct=answering(".", answer))) as home:
        reply = await send(home)

        (item,) = home.lockbox.items()
        assert str(reply) == answer
        assert item.state is State.DELETED
        assert answer in home.lockbox.item(item.id).changes[-1].why
        assert not home.sink.deliveries
        assert (await send(home, identifier="T2")).code == 250
        assert len(held(home)) == len(home.sink.deliveries) == 1
    assert not [event for event in home.events if event["event"] == "in_doubt"]


@pytest.mark.parametrize(
    ("at", "answer", "code"),
    [("DATA", "452 4.3.1 no", 452), ("DATA", ConnectionError, 451), ("BODY", ConnectionError, 451)],
)
async def test_w9_what_fails_before_the_dot_leaves_nothing_behind(
    at: str, answer: str | type[Exception], code: int
) -> None:
    answers = [answer] * 2 if at == "DATA" else [answer]
    async with ward(sink=Sink(conduct=answering(at, *answers))) as home:
        reply = await send(home, mail(("big.txt", RESULT * 9000), ("a.js", SCRIPT)))

        assert reply.code == code
        assert not held(home)
        assert not home.sink.deliveries


async def test_w10_a_recipient_that_is_refused_after_the_scan_costs_nobody_a_half() -> None:
    offered: list[str] = []

    async def fickle(step: Step) -> bytes:
        if step.verb == "RCPT":
            offered.append(step.argument)
            if len(offered) == 4:
                return b"550 5.1.1 gone\r\n"
        if step.verb == "DATA" and len(offered) == 2:
            return await hangs_up(step)
        return step.usual

    async with ward(sink=Sink(conduct=fickle)) as home:
        passage = await home.begin("dr@hospital.example", "nurse@hospital.example")
        with Spool() as spool:
            spool.write(WITHHELD)
            spool.seal()
            reply = await passage.commit(spool, "T1")

        assert reply.code == 451
        assert not list(home.lockbox.items())
        assert not home.sink.deliveries


async def test_w11_a_disk_without_room_lets_no_copy_out() -> None:
    async with ward(capacity_bytes=2000) as home:
        assert await send(home) == replies.NO_ROOM

        assert not held(home)
        assert not home.sink.deliveries


async def test_w13_when_the_answer_to_the_dot_is_lost_the_retry_holds_nothing_twice() -> None:
    async with ward(sink=Sink(conduct=answering(".", ConnectionError))) as home:
        first = await send(home)
        (item,) = held(home)

        again = await send(home, identifier="T2")

        (delivery,) = home.sink.deliveries
        assert (first, again.code) == (replies.IN_DOUBT, 250)
        assert held(home) == [item]
        assert item in str(read(delivery.message)["X-Lazaretto-Withheld"])
        assert [event["event"] for event in home.events].count("in_doubt") == 1
        assert (await send(home, identifier="T3")).code == 250
        assert len(held(home)) == 2


async def test_a_retry_that_is_refused_keeps_the_number_that_a_reader_may_have() -> None:
    conduct = answering(".", ConnectionError, "452 4.2.2 mailbox full")
    async with ward(sink=Sink(conduct=conduct)) as home:
        await send(home)
        (item,) = held(home)

        assert (await send(home, identifier="T2")).code == 452
        assert held(home) == [item]
        assert (await send(home, identifier="T3")).code == 250
        assert held(home) == [item]
    assert len(home.sink.deliveries) == 1


async def test_a_client_that_lost_our_250_is_given_it_again() -> None:
    async with ward() as home:
        await send(home)
        home.pipeline.means.once.answered("T1", is_heard=False)

        again = await send(home, identifier="T2")

        assert again.code == 250
        assert len(held(home)) == len(home.sink.deliveries) == 1


class Killed(BaseException):
    """Stands for kill -9: nothing of ours can catch it and say that it did not happen."""


class Once:
    """Breaks off the first time."""

    def __init__(self, error: BaseException) -> None:
        self._errors = [error]

    def __call__(self) -> None:
        if self._errors:
            raise self._errors.pop()


@pytest.mark.parametrize(
    ("point", "copies"),
    [
        ("row committed", 1),
        ("original held", 1),
        ("dot sent", 2),
        ("next hop answered", 2),
        ("copy recorded", 2),
    ],
)
async def test_whenever_we_die_the_retry_leaves_one_original_and_a_copy(
    point: str, copies: int
) -> None:
    async with ward() as home:
        failpoints.arm(point, Once(Killed()))
        with pytest.raises(Killed):
            await send(home)
        await asyncio.sleep(0.05)  # what was sent arrives
        home.restart()
        home.pipeline = replace(
            home.pipeline, means=replace(home.pipeline.means, stand_ins=ENGLISH)
        )

        assert (await send(home, identifier="T2")).code == 250
        assert len(held(home)) == 1
        assert len(home.sink.deliveries) == copies


async def test_w12_what_was_held_when_the_disk_failed_is_not_held_twice() -> None:
    async with ward() as home:
        failpoints.arm("row committed", Once(StoreError("the disk failed")))
        first = await send(home)
        (item,) = held(home)

        assert first == replies.INTERNAL
        assert not home.sink.deliveries
        assert (await send(home, identifier="T2")).code == 250
        assert held(home) == [item]
    assert len(home.sink.deliveries) == 1


async def test_a_retry_that_is_judged_otherwise_takes_the_first_original_back() -> None:
    async with ward(sink=Sink(conduct=answering(".", ConnectionError))) as home:
        await send(home)
        home.pipeline = replace(home.pipeline, scanner=home.scanner)

        assert (await home.send(CLEAN, WITHHELD, identifier="T2")).code == 250
        assert not held(home)
        (delivery,) = home.sink.deliveries
    assert delivery.message.endswith(WITHHELD)


async def test_a_retry_of_what_was_released_meanwhile_is_answered_and_not_delivered() -> None:
    async with ward(sink=Sink(conduct=answering(".", ConnectionError))) as home:
        await send(home)
        (item,) = held(home)
        desk = Release(home.lockbox, home.hop, "gate.example", MARKS)
        await desk.release(item, who="alice", why="urgent")

        assert str(await send(home, identifier="T2")) == "250 2.0.0 accepted as T1"
        assert len(home.sink.deliveries) == 1


async def test_a_retry_of_what_somebody_has_deleted_meanwhile_begins_anew() -> None:
    async with ward(sink=Sink(conduct=answering(".", ConnectionError))) as home:
        await send(home)
        (item,) = held(home)
        home.lockbox.delete(item, who="alice", why="spam")

        assert (await send(home, identifier="T2")).code == 250
        assert held(home) not in ([], [item])
        assert len(home.sink.deliveries) == 1


async def test_a_record_that_cannot_be_written_changes_nothing_but_is_logged() -> None:
    async with ward() as home:
        record = home.index.record

        def fail(append: object) -> None:
            raise StoreError("the disk failed")

        home.index.record = fail  # type: ignore[method-assign, assignment]
        assert (await send(home)).code == 250
        home.index.record = record  # type: ignore[method-assign]

        assert len(held(home)) == len(home.sink.deliveries) == 1
    assert ("failed", "record") in [(event["event"], event.get("stage")) for event in home.events]
