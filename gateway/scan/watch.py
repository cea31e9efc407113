"""Somebody who follows a scan from outside, so that it is known how far it got if it never ends."""

from collections.abc import Callable
from typing import Protocol

from gateway.model import Finding, Gap, Lineage, Listed
from gateway.scan.budget import ExhaustedError


class OverdueError(BaseException):
    """Raised by a watch into a step that has had its time; ``spent`` says which time.

    No Exception: a library that forgives every error must not forgive this one.
    """

    def __init__(self, spent: ExhaustedError) -> None:
        super().__init__(spent.detail)
        self.spent = spent


class Watch(Protocol):
    """Told of every step of one scan, in order."""

    def begins(self, check_time: Callable[[], None]) -> None:
        """A scan begins. ``check_time`` raises ExhaustedError once the step under way is late."""

    def steps(self, what: str, lineage: Lineage) -> None:
        """``what`` starts to look at a file. Until ``rests`` it may be cut with OverdueError."""

    def rests(self) -> None:
        """It has come back."""

    def lists(self, listed: Listed) -> None:
        """A file was found."""

    def sees(self, seen: Finding | Gap) -> None:
        """Something was seen, or could not be."""


class Unwatched:
    """Nobody follows."""

    def begins(self, check_time: Callable[[], None]) -> None:
        """Pass."""

    def steps(self, what: str, lineage: Lineage) -> None:
        """Pass."""

    def rests(self) -> None:
        """Pass."""

    def lists(self, listed: Listed) -> None:
        """Pass."""

    def sees(self, seen: Finding | Gap) -> None:
        """Pass."""
