"""The settings file, read into frozen values, or refused with the key and what is wrong with it."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.config.sections import Settings

PLACES = (Path("/etc/lazaretto/lazaretto.toml"),)
"""Where the settings file is looked for when nobody names one."""


class ConfigError(Exception):
    """The operator's file or environment is wrong. The text is one line for each mistake."""

    def __init__(self, where: str, problems: list[str]) -> None:
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))


def load(path: Path | None) -> Settings:
    """Read ``path``, or the usual place, or nothing but the environment. Raises ConfigError."""
    found = path or next((place for place in PLACES if place.exists()), None)
    return parse(_read(found) if found else {}, str(found or "environment"))


def parse(table: Mapping[str, object], where: str) -> Settings:
    """Settings from the tables of a file named ``where``. Raises ConfigError."""
    try:
        return Settings(**table)  # type: ignore[arg-type]  # pydantic checks what the file says
    except ValidationError as error:
        raise ConfigError(where, [_explain(detail) for detail in error.errors()]) from None


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(str(path), [f"cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), [f"is not valid TOML: {error}"]) from None


def _explain(detail: ErrorDetails) -> str:
    path = [str(step) for step in detail["loc"]]
    if detail["type"] == "extra_forbidden":
        return f"unknown key {'.'.join(path)!r}{_nearest(path)}"
    text = detail["msg"].removeprefix("Value error, ")
    given = detail["input"]
    shown = f", got {given!r}" if isinstance(given, str | int | float) else ""
    return f"{': '.join(filter(None, ('.'.join(path), text)))}{shown}"


def _nearest(path: list[str]) -> str:
    model: type[BaseModel] = Settings
    for step in path[:-1]:
        inner = model.model_fields[step].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return ""
        model = inner
    near = difflib.get_close_matches(path[-1], model.model_fields, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known keys: {', '.join(model.model_fields)}"
