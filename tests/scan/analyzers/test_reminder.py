"""A reminder that plays a sound from another machine tells it a proof of the password."""

import struct

import pytest

from gateway.model import Finding, Level
from gateway.scan.analyzers.reminder import ReminderAnalyzer
from gateway.scan.api import Context
from tests.support import containers, office

SHARE = r"\\192.0.2.1\a\b.wav"
COMMON = bytes.fromhex("0820060000000000c000000000000046")


def item(sound: str, *, number: int = 0x851F) -> bytes:
    """An appointment whose second named property is the sound."""
    listed = struct.pack("<IHHIHH", 0x8503, 6, 0, number, 6, 1)
    return containers.outlook_item({"8001001F": sound.encode("utf-16-le")}, {"00030102": listed})


def packed(sound: str) -> bytes:
    stored = sound.encode("utf-16-le") + b"\0\0"
    named = struct.pack("<HH", 31, 0x8001) + COMMON + struct.pack("<II", 0, 0x851F)
    value = struct.pack("<II", 1, len(stored)) + stored + bytes(-len(stored) % 4)
    return containers.tnef((0x00069003, struct.pack("<I", 1) + named + value))


def levels(data: bytes) -> list[Level]:
    found = ReminderAnalyzer().analyze(office.artifact(data, "a.msg"), Context())
    return [seen.level for seen in found if isinstance(seen, Finding)]


@pytest.mark.parametrize("data", [item(SHARE), packed(SHARE)])
def test_a_sound_from_a_share_is_malicious(data: bytes) -> None:
    assert levels(data) == [Level.MALICIOUS]


@pytest.mark.parametrize(
    "data",
    [
        item("reminder.wav"),
        item(r"C:\Windows\Media\a.wav"),
        item(SHARE, number=0x8520),
        packed("reminder.wav"),
        containers.outlook_item({"8001001F": SHARE.encode("utf-16-le")}),
        containers.tnef((0x0002800C, b"text")),
    ],
)
def test_a_sound_of_the_own_machine_and_other_properties_are_nothing(data: bytes) -> None:
    assert levels(data) == []
