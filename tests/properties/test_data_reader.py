"""Any octets, cut anywhere: the DATA reader gives what a slow and obvious reader gives."""

import re
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.smtp.data import DataReader, DataRules, Fault

LINE_OCTETS = 12
MESSAGE_OCTETS = 40

WIRE = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b".", b"\0", b"a", b"\r\n", b"\r\n.", b"\r\n.\r\n", b"..", b"x" * 7]
    ),
    max_size=24,
).map(b"".join) | st.binary(max_size=60)


@dataclass(frozen=True)
class Seen:
    message: bytes | None
    """None when it was refused."""
    fault: Fault | None
    octet: int
    leftover: bytes


def slowly(wire: bytes, rules: DataRules) -> Seen | None:
    """Everything at once, and nothing clever. None when the end is not there."""
    data, end, leftover = (b"\r\n" + wire).partition(b"\r\n.\r\n")
    if not end:
        return None
    data += b"\r\n"
    normal = re.sub(rb"\r{0,2}\n|\r", b"\r\n", data)
    message = normal.replace(b"\r\n.", b"\r\n")[2:]
    faults: dict[Fault, int] = {}
    if len(message) > rules.message_bytes:
        faults[Fault.TOO_BIG] = 0
    if max(len(line) for line in normal.split(b"\r\n")) > rules.line_bytes:
        faults[Fault.LONG_LINE] = 0
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    if bare and rules.refuse_bare_newlines:
        faults[Fault.BARE_NEWLINE] = bare.start() - 2 + 1
    dot = re.search(rb"[\r\n]\0*\.\0*[\r\n]", data)
    if dot:
        faults[Fault.FALSE_END] = dot.end() - 1 - 2 + 1
    worst = max(faults, default=None)
    return Seen(None if faults else message, worst, faults[worst] if worst else 0, leftover)


def in_chunks(wire: bytes, rules: DataRules, sizes: list[int]) -> Seen | None:
    written: list[bytes] = []
    reader = DataReader(written.append, rules)
    place = 0
    for size in [*sizes, len(wire)]:
        if reader.feed(wire[place : place + size]):
            message = None if reader.fault else b"".join(written)
            left = reader.leftover + wire[place + size :]
            return Seen(message, reader.fault, reader.octet, left)
        place += size
    return None


@given(
    wire=WIRE,
    terminated=st.booleans(),
    sizes=st.lists(st.integers(0, 9), max_size=80),
    refuse=st.booleans(),
)
@settings(max_examples=1000)
@example(wire=b"x\r\n\0", terminated=False, sizes=[4], refuse=False)
@example(wire=b"a\r\n.\r\r", terminated=True, sizes=[7], refuse=False)
@example(wire=b"\r\r\r\r\n.b", terminated=True, sizes=[1, 1, 1, 1, 1], refuse=False)
@example(wire=b"\r\n\0.\r\nx", terminated=True, sizes=[3, 1, 1, 1], refuse=False)
@example(wire=b"\r\n\0\0.\0\0\n", terminated=True, sizes=[3, 3], refuse=True)
def test_any_chunking_of_any_octets_gives_the_obvious_result(
    *, wire: bytes, terminated: bool, sizes: list[int], refuse: bool
) -> None:
    rules = DataRules(MESSAGE_OCTETS, LINE_OCTETS, refuse_bare_newlines=refuse)
    if terminated:
        wire += b"\r\n.\r\n"

    assert in_chunks(wire, rules, sizes) == slowly(wire, rules)


@given(wire=WIRE)
def test_what_is_written_has_no_line_end_but_crlf(wire: bytes) -> None:
    seen = in_chunks(wire + b"\r\n.\r\n", DataRules(), [])

    assert seen is not None
    text = (seen.message or b"").replace(b"\r\n", b"")
    assert b"\r" not in text
    assert b"\n" not in text
