"""The templates of everything that we write to people, and what may be inserted into them."""

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_LONGEST = 200


def template(name: str) -> Template:
    """The template in the file ``name``."""
    return _ENVIRONMENT.get_template(name)


def _plain(text: str) -> str:
    """One printable line: what a sender wrote must not be able to look like our own words."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.split())[:_LONGEST] or "-"


_ENVIRONMENT = Environment(
    loader=PackageLoader("gateway.notices"),
    autoescape=False,  # noqa: S701 - text/plain; every inserted word goes through "plain"
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters["plain"] = _plain
