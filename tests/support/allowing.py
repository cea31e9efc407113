"""An exception, and a message of an authenticated sender that it is for."""

from datetime import timedelta

from gateway.allowances.allowance import Allowance
from gateway.model import Finding, Level, Listed, Report
from tests.support.house import MESSAGE, NOON, PACK

LINEAGE = ("message", "planning.docm", "word/vbaProject.bin")
DROPPER = Finding("macro.dropper", Level.MALICIOUS, "runs by itself", "Shell", LINEAGE)
LISTED = Listed(LINEAGE, LINEAGE[-1], (), "ole", "", 1, "0" * 64)
REPORT = Report((DROPPER,), (), (LISTED,), PACK)
ALLOWANCE = Allowance(
    number=3,
    sender_domain="vendor.example",
    kind="ole",
    rule="macro.dropper",
    owner="alice",
    reason="theatre planning",
    made_at=NOON,
    until=NOON + timedelta(days=90),
    item="1m85",
)
FRONT = "mx.hospital.example"
SIGNED = (
    f"Authentication-Results: {FRONT}; dkim=pass header.d=vendor.example\r\n".encode() + MESSAGE
)
