"""What has to go, and the Message-ID; tests/properties has the rest of it, and test_withholding."""

from dataclasses import replace

import pytest

from gateway.cleaning import Cut, Whole, cleaned, cuts
from gateway.model import (
    Action,
    Class,
    Finding,
    Gap,
    Level,
    Listed,
    Pack,
    Reason,
    Report,
    Slot,
)
from gateway.notices.withheld import StandIns, Withheld
from gateway.policy import Policy


def listed(*place: str) -> Listed:
    return Listed(("message", *place), place[-1], place, "data", "", 1, "00" * 32)


SUSPICIOUS = Finding("script.acts", Level.SUSPICIOUS, "", "", ("message", "a.zip", "b.js"))
RULE = Finding("yara.match", Level.SUSPICIOUS, "", "", ("message", "a.zip"), rule="site_rule")
LOCKED = Gap(Reason.ENCRYPTED, "", ("message", "c.zip"))
REPORT = Report(
    (RULE, SUSPICIOUS),
    (LOCKED,),
    (listed("a.zip"), listed("a.zip", "b.js"), listed("c.zip"), listed("d.pdf")),
    Pack("core", "1"),
    slots=(Slot(10, 20, ("a.zip",)), Slot(30, 40, ("d.pdf",)), Slot(50, 60, ("c.zip",))),
)


def chosen(report: Report, policy: Policy = Policy()) -> tuple[Cut, ...] | Whole:
    return cuts(report, policy.decide(report), policy)


def test_what_goes_is_the_outermost_file_with_anything_bad_in_it_and_no_other() -> None:
    found = chosen(REPORT)

    assert found == (
        Cut(
            REPORT.slots[0],
            Withheld("a.zip", Class.SUSPICIOUS, "script", ("site_rule", "script.acts")),
        ),
        Cut(REPORT.slots[2], Withheld("c.zip", Class.OPAQUE, "", ("encrypted",))),
    )


def test_what_policy_delivers_does_not_go() -> None:
    policy = Policy(Policy().actions | {Class.OPAQUE: Action.TAG})  # type: ignore[operator]

    found = chosen(REPORT, policy)

    assert [cut.slot for cut in found if isinstance(cut, Cut)] == [REPORT.slots[0]]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"findings": (replace(SUSPICIOUS, level=Level.MALICIOUS),)}, Whole.MALICIOUS),
        ({"findings": (SUSPICIOUS, replace(RULE, lineage=("message",)))}, Whole.MESSAGE),
        ({"gaps": (replace(LOCKED, lineage=("message",)),)}, Whole.MESSAGE),
        ({"findings": (), "gaps": ()}, Whole.MESSAGE),
        ({"slots": REPORT.slots[:2]}, Whole.PLACE),
        ({"slots": ()}, Whole.PLACE),
    ],
)
def test_when_not_all_of_it_can_go_the_message_is_held_whole(
    changes: dict[str, tuple[object, ...]], cause: Whole
) -> None:
    policy = Policy(Policy().actions | {Class.MALICIOUS: Action.WITHHOLD})  # type: ignore[operator]

    assert chosen(replace(REPORT, **changes), policy) is cause  # type: ignore[arg-type]


def copied(header: bytes) -> bytes:
    message = header + b"\r\n\r\n--b\r\nbad\r\n--b--\r\n"
    start = message.index(b"bad")
    cut = Cut(Slot(start, start + 3, ("a",)), Withheld("a", Class.OPAQUE, "", ()))
    copy = b"".join(cleaned(memoryview(message), [cut], StandIns(), "01abc"))
    return copy.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            b"To: b@c\r\nMESSAGE-ID:  <1@a> \r\nSubject: x",
            b"To: b@c\r\nMESSAGE-ID:  <01abc.withheld.1@a>\r\nReferences: <1@a>\r\nSubject: x",
        ),
        (
            b"Message-ID: <1@a>\r\nReferences: <0@a>\r\n\t<00@a>\r\nSubject: x",
            b"Message-ID: <01abc.withheld.1@a>\r\nReferences: <0@a>\r\n\t<00@a>\r\nSubject: x",
        ),
        (
            b"In-Reply-To: <0@a>\r\nMessage-ID: <1@a>\r\nSubject: x",
            b"In-Reply-To: <0@a>\r\nMessage-ID: <01abc.withheld.1@a>\r\nSubject: x",
        ),
    ],
)
def test_a_copy_has_a_message_id_of_its_own_and_answers_to_it_name_the_original(
    header: bytes, expected: bytes
) -> None:
    assert copied(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: x",
        b"Message-ID:\r\n <1@a>\r\nSubject: x",
        b"Message-ID: <1@a>\r\n (comment)\r\nSubject: x",
        b"Message-ID: <1@a>\r\nmessage-id: <2@a>\r\nSubject: x",
        b"Message-ID: 1@a\r\nSubject: x",
        b"Message-ID: <" + b"1" * 300 + b"@a>\r\nSubject: x",
        b"Subject: Message-ID: <1@a>\r\nX: y",
    ],
)
def test_a_message_id_of_an_odd_form_stays_as_it_is(header: bytes) -> None:
    assert copied(header) == header
