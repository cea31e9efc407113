"""Reads the ESMTP parameters of MAIL and RCPT, and keeps those that the next hop takes as well."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.smtp import replies
from gateway.smtp.replies import Reply

_PARAMETER = re.compile(r"(?P<keyword>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>[!-<>-~]+))?")
_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})"
_SIZE = re.compile(r"[0-9]{1,20}")
_ENVID = re.compile(rf"{_XTEXT}{{1,100}}")
_ORCPT = re.compile(rf"[A-Za-z0-9-]{{1,32}};{_XTEXT}{{1,500}}")
_AUTH = re.compile(r"<>|\S{1,500}")
_SUCCESS_FAILURE_DELAY = frozenset({"SUCCESS", "FAILURE", "DELAY"})


@dataclass(frozen=True, slots=True)
class MailParameters:
    """What MAIL asked for: ``kept`` goes to the next hop as the client wrote it."""

    kept: tuple[str, ...] = ()
    size: int = 0
    """What the client says that the message has, 0 when it says nothing."""
    smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """A parameter we know: which extension it belongs to ("" for none), and what is wrong in it."""

    extension: str
    check: Callable[[str], Reply | None]


def _one_of(keyword: str, *words: str) -> Callable[[str], Reply | None]:
    return lambda value: None if value.upper() in words else replies.parameter_malformed(keyword)


def _like(keyword: str, pattern: re.Pattern[str]) -> Callable[[str], Reply | None]:
    return lambda value: None if pattern.fullmatch(value) else replies.parameter_malformed(keyword)


def _body(value: str) -> Reply | None:
    if value.upper() == "BINARYMIME":
        return replies.no_binary()
    return _one_of("BODY", "7BIT", "8BITMIME")(value)


def _notify(value: str) -> Reply | None:
    asked = value.upper().split(",")
    if asked == ["NEVER"]:
        return None
    if "NEVER" in asked:
        return replies.parameter_malformed("NOTIFY", "NEVER cannot be combined")
    if len(set(asked)) == len(asked) and _SUCCESS_FAILURE_DELAY.issuperset(asked):
        return None
    return replies.parameter_malformed("NOTIFY")


def _utf8(value: str) -> Reply | None:
    return replies.parameter_malformed("SMTPUTF8", "SMTPUTF8 takes no value") if value else None


_OF_MAIL: Mapping[str, _Rule] = {
    "SIZE": _Rule("", _like("SIZE", _SIZE)),
    # RFC 4954 5: a server without AUTH would refuse this, and Exchange sends it all the same.
    "AUTH": _Rule("", _like("AUTH", _AUTH)),
    "BODY": _Rule("8BITMIME", _body),
    "SMTPUTF8": _Rule("SMTPUTF8", _utf8),
    "RET": _Rule("DSN", _one_of("RET", "FULL", "HDRS")),
    "ENVID": _Rule("DSN", _like("ENVID", _ENVID)),
}

_OF_RCPT: Mapping[str, _Rule] = {
    "NOTIFY": _Rule("DSN", _notify),
    "ORCPT": _Rule("DSN", _like("ORCPT", _ORCPT)),
}


def parse_mail(
    text: str, extensions: frozenset[str], *, message_bytes: int
) -> MailParameters | Reply:
    """Read the parameters of MAIL; ``extensions`` are those of the next hop."""
    found = _parse(text, _OF_MAIL, extensions)
    if isinstance(found, Reply):
        return found
    size = int(found["SIZE"].partition("=")[2]) if "SIZE" in found else 0
    if size > message_bytes:
        return replies.too_big(message_bytes)
    unheard = {"AUTH"} if "SIZE" in extensions else {"AUTH", "SIZE"}
    kept = tuple(written for keyword, written in found.items() if keyword not in unheard)
    return MailParameters(kept, size, "SMTPUTF8" in found)


def parse_rcpt(text: str, extensions: frozenset[str]) -> tuple[str, ...] | Reply:
    """Read the parameters of RCPT, as the client wrote them."""
    found = _parse(text, _OF_RCPT, extensions)
    return found if isinstance(found, Reply) else tuple(found.values())


def _parse(
    text: str, rules: Mapping[str, _Rule], extensions: frozenset[str]
) -> dict[str, str] | Reply:
    """Every parameter as it was written, by its keyword in upper case."""
    found: dict[str, str] = {}
    for written in filter(None, text.split(" ")):
        match = _PARAMETER.fullmatch(written)
        if match is None:
            return replies.parameter_malformed("parameter")
        keyword = match["keyword"].upper()
        wrong = _objection(keyword, match["value"] or "", rules, extensions)
        if keyword in found:
            wrong = replies.parameter_malformed(keyword, f"{keyword} given twice")
        if wrong:
            return wrong
        found[keyword] = written
    return found


def _objection(
    keyword: str, value: str, rules: Mapping[str, _Rule], extensions: frozenset[str]
) -> Reply | None:
    rule = rules.get(keyword)
    if rule is None or (rule.extension and rule.extension not in extensions):
        return replies.parameter_unknown(keyword)
    return rule.check(value)
