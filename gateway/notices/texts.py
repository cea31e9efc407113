"""The templates of everything that we write to people, and what may be inserted into them."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_LONGEST = 200
_LONGEST_NAME = 80
_HALF_NAME = 40
_ADDRESS = re.compile(r"[/\\:@<>]|(?<=www)\.|(?<=tel)\.", re.IGNORECASE)


def template(name: str) -> Template:
    """The template in the file ``name``."""
    return _ENVIRONMENT.get_template(name)


def _plain(text: str) -> str:
    """One printable line: what a sender wrote must not be able to look like our own words."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.split())[:_LONGEST] or "-"


def _name(text: str) -> str:
    """The name of a file, as no mail program makes a link of it for people to click on."""
    shown = _ADDRESS.sub("_", _plain(text))
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_HALF_NAME]}…{shown[-_HALF_NAME:]}"


_ENVIRONMENT = Environment(
    loader=PackageLoader("gateway.notices"),
    autoescape=False,  # noqa: S701 - text/plain; every inserted word goes through "plain"
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters["plain"] = _plain
_ENVIRONMENT.filters["name"] = _name
