"""How quantities are written in the settings file: sizes, durations, actions, addresses."""

import ipaddress
import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from gateway.model import Action

_UNITS = {"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")


def _bytes(value: object) -> object:
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match and match[2].upper() in _UNITS:
        return int(float(match[1]) * _UNITS[match[2].upper()])
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    message = "expected a size such as '64 MiB'"
    raise ValueError(message)


def _seconds(value: object) -> object:
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match and match[2] in _SECONDS:
        return float(match[1]) * _SECONDS[match[2]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    message = "expected a duration such as '20s' or '5 min'"
    raise ValueError(message)


def duration(text: str) -> float:
    """Seconds of a duration as people write it: ``"20s"``, ``"4 h"``. Raises ValueError."""
    return float(str(_seconds(text)))


def _action(value: object) -> object:
    words = {action.word: action for action in Action}
    if isinstance(value, str) and value in words:
        return words[value]
    if isinstance(value, Action):
        return value
    message = f"expected one of {', '.join(words)}"
    raise ValueError(message)


def _endpoint(value: object) -> object:
    host, colon, port = str(value).rpartition(":")
    if not (isinstance(value, str) and colon and host and port.isdecimal()):
        message = "expected host:port, such as '127.0.0.1:25'"
        raise ValueError(message)
    if not 0 <= int(port) <= 65535:
        message = f"there is no port {port}"
        raise ValueError(message)
    return value


def _optional_endpoint(value: object) -> object:
    return "" if value == "" else _endpoint(value)


def _socket(value: object) -> object:
    is_path = isinstance(value, str) and value.startswith("/")
    return value if is_path else _optional_endpoint(value)


def _network(value: object) -> object:
    ipaddress.ip_network(str(value))  # its ValueError says what is wrong
    return value


def _write_bytes(count: int) -> str:
    unit = next(unit for unit in ("GiB", "MiB", "KiB", "B") if count % _UNITS[unit.upper()] == 0)
    return f"{count // _UNITS[unit.upper()]} {unit}"


def _write_seconds(seconds: float) -> str:
    unit = next((unit for unit in ("d", "h") if seconds % _SECONDS[unit] == 0), "s")
    return f"{seconds / _SECONDS[unit]:.10g}{unit}"


def _write_action(action: Action) -> str:
    return action.word


Size = Annotated[int, BeforeValidator(_bytes), Field(gt=0), PlainSerializer(_write_bytes)]
Count = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0), PlainSerializer(_write_seconds)]
ActionWord = Annotated[Action, BeforeValidator(_action), PlainSerializer(_write_action)]
Endpoint = Annotated[str, BeforeValidator(_endpoint)]
Socket = Annotated[str, BeforeValidator(_socket)]
"""The path of a socket, or host:port, or nothing."""
OptionalEndpoint = Annotated[str, BeforeValidator(_optional_endpoint)]
Network = Annotated[str, BeforeValidator(_network)]
