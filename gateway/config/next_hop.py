"""The keys of [next_hop]: where mail goes, and how much of that server we ask for."""

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from gateway.config.quantities import Count, Endpoint, Seconds
from gateway.config.section import Section
from gateway.smtp.outbound import Limits, Timeouts

_LIMITS = Limits()
_TIMEOUTS = Timeouts()


class NextHopLimitSettings(Section):
    """What is asked of the next hop, and how long each step may take."""

    connections: Count = _LIMITS.connections
    messages: Count = _LIMITS.messages
    idle_time: Seconds = _LIMITS.idle_seconds
    first_pause: Seconds = _LIMITS.first_pause
    longest_pause: Seconds = _LIMITS.longest_pause
    queue: Seconds = _TIMEOUTS.slot
    connect_time: Seconds = _TIMEOUTS.connect
    greeting_time: Seconds = _TIMEOUTS.banner
    command_time: Seconds = _TIMEOUTS.command
    data_time: Seconds = _TIMEOUTS.block
    answer_time: Seconds = _TIMEOUTS.dot
    reset_time: Seconds = _TIMEOUTS.reset

    @model_validator(mode="after")
    def _pauses_in_order(self) -> Self:
        if self.first_pause > self.longest_pause:
            message = "first_pause is doubled up to longest_pause: it cannot be longer"
            raise ValueError(message)
        return self

    def limits(self) -> Limits:
        """How much is asked for, as the client takes it."""
        return Limits(
            connections=self.connections,
            messages=self.messages,
            idle_seconds=self.idle_time,
            first_pause=self.first_pause,
            longest_pause=self.longest_pause,
        )

    def timeouts(self) -> Timeouts:
        """How long each step may take, as the client takes it."""
        return Timeouts(
            slot=self.queue,
            connect=self.connect_time,
            banner=self.greeting_time,
            command=self.command_time,
            block=self.data_time,
            dot=self.answer_time,
            reset=self.reset_time,
        )


class NextHopSettings(Section):
    """Where mail goes."""

    hosts: tuple[Endpoint, ...] = ("127.0.0.1:2526",)
    tls: Literal["off", "opportunistic", "required"] = "opportunistic"
    tls_name: str = ""
    tls_authorities: Path | None = None
    xforward: bool = True
    limits: NextHopLimitSettings = NextHopLimitSettings()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.hosts:
            message = "hosts: name one mail server at least"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _only_what_is_required_is_checked(self) -> Self:
        for key in ("tls_name", "tls_authorities"):
            if getattr(self, key) and self.tls != "required":
                message = f"{key} has no meaning unless tls = 'required': no certificate is checked"
                raise ValueError(message)
        return self
