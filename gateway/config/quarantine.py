"""The table ``[quarantine]``: where held mail lies, how long, who has to look at it and when."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from gateway.config.quantities import Seconds, Size
from gateway.config.section import Section
from gateway.model import Class

_HOUR = 3600.0
_DAY = 24 * _HOUR
_MONTH = 30 * _DAY
_YEAR = 365 * _DAY


class _ByClass(Section):
    """One duration for each class of mail."""

    clean: Seconds
    opaque: Seconds
    unscannable: Seconds
    suspicious: Seconds
    malicious: Seconds

    def seconds(self) -> dict[str, float]:
        """The same by the word of the class."""
        return {kind.word: getattr(self, kind.word) for kind in Class}


class RetentionSettings(_ByClass):
    """How long an item is kept."""

    clean: Seconds = _MONTH
    opaque: Seconds = _MONTH
    unscannable: Seconds = _MONTH
    suspicious: Seconds = _MONTH
    malicious: Seconds = _MONTH

    @model_validator(mode="after")
    def _not_for_ever(self) -> Self:
        for word, seconds in self.seconds().items():
            if seconds > _YEAR:
                message = (
                    f"{word}: held mail is health data, and more than 365 d of it needs another "
                    "place and a reason; use legal hold for single items"
                )
                raise ValueError(message)
        return self


class LookSettings(_ByClass):
    """When somebody must have looked at an item."""

    clean: Seconds = _DAY
    opaque: Seconds = 4 * _HOUR
    unscannable: Seconds = 4 * _HOUR
    suspicious: Seconds = 4 * _HOUR
    malicious: Seconds = _DAY


class QuarantineSettings(Section):
    """Where held mail lies."""

    folder: Path = Path("/var/lib/lazaretto/quarantine")
    key_file: Path = Path("/etc/lazaretto/quarantine.key")
    older_key_files: tuple[Path, ...] = ()
    reading_key_file: Path | None = None
    disk_floor: Size = 256 << 20
    two_persons: tuple[str, ...] = (Class.MALICIOUS.word,)
    alarm_mail: tuple[str, ...] = ()
    retention: RetentionSettings = RetentionSettings()
    look_within: LookSettings = LookSettings()
    look_within_for: dict[str, Seconds] = Field(default={})

    @model_validator(mode="after")
    def _names_classes(self) -> Self:
        known = [kind.word for kind in Class]
        for word in self.two_persons:
            if word not in known:
                message = f"two_persons: {word!r} is no class, expected some of {', '.join(known)}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _names_recipients(self) -> Self:
        for named in self.look_within_for:
            if "@" not in named:
                message = (
                    f"look_within_for: {named!r} is neither a mailbox nor a domain, such as "
                    "'er@hospital.example' or '@hospital.example'"
                )
                raise ValueError(message)
        return self
