from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.custody.holding import Patience, searchable
from gateway.model import Envelope, Listed, Recipient
from quarantine import Field
from tests.support.house import MALICIOUS, NOON

PATIENCE = Patience(
    {"opaque": 4.0}, {"er@hospital.example": 1.0, "@care.hospital.example": 2.0, "x@y.example": 9.0}
)


@pytest.mark.parametrize(
    ("kind", "recipients", "seconds"),
    [
        ("opaque", ("dr@hospital.example",), 4),
        ("opaque", ("dr@hospital.example", "ER@Hospital.example"), 1),
        ("opaque", ("a@care.hospital.example",), 2),
        ("opaque", ("x@y.example",), 4),
        ("malicious", ("x@y.example",), 9),
        ("malicious", ("dr@hospital.example",), None),
    ],
)
def test_the_shortest_time_of_class_and_recipients_counts(
    kind: str, recipients: tuple[str, ...], seconds: float | None
) -> None:
    envelope = Envelope("", tuple(map(Recipient, recipients)))

    due = PATIENCE.look_by(kind, envelope, NOON)

    assert due == (None if seconds is None else NOON + timedelta(seconds=seconds))


def test_a_message_is_found_by_what_its_report_says_and_first_by_what_was_found() -> None:
    many = [
        Listed(("message", f"{n}.txt"), f"{n}.txt", (), "text", "", 1, f"{n:064x}")
        for n in range(1000)
    ]
    bad = Listed(("message", "a.docm"), "a.docm", ("b.docm",), "ooxml", "", 1, "f" * 64)
    envelope = Envelope("lab@out.example", (Recipient("dr@hospital.example"),))

    found = searchable(envelope, replace(MALICIOUS, artifacts=(*many, bad)))

    assert found[Field.SENDER] == ("lab@out.example", "Lab")
    assert found[Field.RECIPIENT] == ("dr@hospital.example",)
    assert found[Field.RULE] == ("macro.dropper",)
    assert found[Field.FILE][:2] == ("a.docm", "b.docm")
    assert found[Field.HASH][0] == "f" * 64
