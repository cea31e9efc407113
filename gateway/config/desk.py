"""The table ``[desk]``: which Unix groups may work on the quarantine without its key."""

from typing import Self

from pydantic import model_validator

from gateway.config.section import Section


class DeskSettings(Section):
    """Where people come to, and what they may do."""

    socket: str = ""
    viewers: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_a_place(self) -> Self:
        if self.socket and not self.socket.startswith("/"):
            message = "socket: expected a whole path, such as '/run/lazaretto/desk.sock'"
            raise ValueError(message)
        return self
