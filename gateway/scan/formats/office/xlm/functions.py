"""What the functions come to that need nothing but what they are given.

Each raises UnknownError where only the machine of the reader knows, and FaultError where Excel
shows an error.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence

from gateway.scan.formats.office.xlm import tree
from gateway.scan.formats.office.xlm.tree import LONGEST_TEXT, Fault, Ref, Scalar, Unknown, Value

_LARGEST = 1e15


class FaultError(Exception):
    """Excel shows an error value in place of a result."""


class UnknownError(Exception):
    """Something that is needed is not known."""


def number(value: Value) -> float:
    """``value`` as a number."""
    match value:
        case bool():
            return float(value)
        case float():
            return value
        case None:
            return 0.0
        case str():
            return _read(value)
        case Unknown():
            raise UnknownError
        case _:
            raise FaultError


def _read(text: str) -> float:
    try:
        read = float(text.strip()[:40] or "x")
    except ValueError:
        raise FaultError from None
    if not math.isfinite(read):
        raise FaultError
    return read


def whole(value: Value) -> int:
    """``value`` as a whole number."""
    read = number(value)
    if not abs(read) < _LARGEST:
        raise FaultError
    return math.floor(read)


def text(value: Value) -> str:
    """``value`` as a text."""
    match value:
        case str():
            return value
        case bool() | float() | None:
            return tree.plain(value)
        case Unknown():
            raise UnknownError
        case _:
            raise FaultError


def truth(value: Value) -> bool:
    """``value`` as a condition."""
    if isinstance(value, str):
        if value.upper() not in {"TRUE", "FALSE"}:
            raise FaultError
        return value.upper() == "TRUE"
    return bool(number(value))


def _flat(values: Sequence[Value]) -> list[float]:
    return [number(one) for one in values if one is not None and not isinstance(one, str)]


def _concatenate(*values: Value) -> str:
    joined = "".join(map(text, values))
    if len(joined) > LONGEST_TEXT:
        raise FaultError
    return joined


def _char(value: Value) -> str:
    code = whole(value)
    if not 1 <= code < 256:
        raise FaultError
    return bytes([code]).decode("cp1252", "replace")


def _code(value: Value) -> float:
    said = text(value)
    if not said:
        raise FaultError
    return float(said[:1].encode("cp1252", "replace")[0])


def _mid(value: Value, start: Value, count: Value) -> str:
    first, length = whole(start), whole(count)
    if first < 1 or length < 0:
        raise FaultError
    return text(value)[first - 1 : first - 1 + length]


def _left(value: Value, count: Value = 1.0) -> str:
    return text(value)[: max(whole(count), 0)]


def _right(value: Value, count: Value = 1.0) -> str:
    length = max(whole(count), 0)
    return text(value)[-length:] if length else ""


def _rept(value: Value, count: Value) -> str:
    said, times = text(value), whole(count)
    if times < 0 or len(said) * times > LONGEST_TEXT:
        raise FaultError
    return said * times


def _replace(value: Value, start: Value, count: Value, new: Value) -> str:
    said, first = text(value), whole(start) - 1
    if first < 0:
        raise FaultError
    return _concatenate(said[:first] + text(new) + said[first + max(whole(count), 0) :])


def _substitute(value: Value, old: Value, new: Value, which: Value = None) -> str:
    said, sought, put = text(value), text(old), text(new)
    if not sought:
        return said
    if len(put) * (said.count(sought) + 1) > LONGEST_TEXT:
        raise FaultError
    if which is None:
        return _concatenate(said.replace(sought, put))
    pieces = said.split(sought)
    at = whole(which)
    if not 1 <= at < len(pieces):
        return said
    return _concatenate(sought.join(pieces[:at]) + put + sought.join(pieces[at:]))


def _find(sought: Value, value: Value, start: Value = 1.0, *, folds: bool = False) -> float:
    needle, hay, first = text(sought), text(value), whole(start) - 1
    if folds:
        needle, hay = needle.casefold(), hay.casefold()
    at = hay.find(needle, first) if first >= 0 else -1
    if at < 0:
        raise FaultError
    return float(at + 1)


def _search(sought: Value, value: Value, start: Value = 1.0) -> float:
    return _find(sought, value, start, folds=True)


def _round(value: Value, digits: Value = 0.0) -> float:
    return float(round(number(value), max(-15, min(15, whole(digits)))))


def _mod(value: Value, divisor: Value) -> float:
    by = number(divisor)
    if not by:
        raise FaultError
    return number(value) % by


def _divide(left: Value, right: Value) -> float:
    by = number(right)
    if not by:
        raise FaultError
    return number(left) / by


def _power(left: Value, right: Value) -> float:
    try:
        result = number(left) ** number(right)
    except (OverflowError, ZeroDivisionError):
        raise FaultError from None
    if isinstance(result, complex):
        raise FaultError
    return float(result)


def _root(value: Value) -> float:
    if number(value) < 0:
        raise FaultError
    return math.sqrt(number(value))


def _choose(which: Value, *choices: Value) -> Value:
    at = whole(which)
    if not 1 <= at <= len(choices):
        raise FaultError
    return choices[at - 1]


def _hex(value: Value) -> float:
    digits = text(value)
    if not re.fullmatch(r"[0-9A-Fa-f]{1,10}", digits):
        raise FaultError
    return float(int(digits, 16))


def _format(value: Value, pattern: Value) -> str:
    """Only patterns of digits: others are rare where text is hidden."""
    said = text(pattern)
    if re.fullmatch(r"0{1,20}", said):
        return f"{round(number(value)):0{len(said)}d}"
    if said in {"#", "@", "General"}:
        return text(value)
    raise UnknownError


def _is(kind: type[object]) -> Callable[[Value], bool]:
    def look(value: Value) -> bool:
        if isinstance(value, Unknown):
            raise UnknownError
        return isinstance(value, kind)

    return look


def _compared(left: Value, right: Value) -> int:
    """Numbers before texts before truths; texts without regard to case."""
    keys = [_key(one, other) for one, other in ((left, right), (right, left))]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


def _key(value: Value, other: Value) -> tuple[int, float, str]:
    match value:
        case bool():
            return 2, float(value), ""
        case float():
            return 0, value, ""
        case str():
            return 1, 0.0, value.casefold()
        case None:
            return (1, 0.0, "") if isinstance(other, str) else (0, 0.0, "")
        case Unknown():
            raise UnknownError
        case _:
            raise FaultError


def _product(*values: Value) -> float:
    return math.prod(_flat(values))


def _upper_first(value: Value) -> str:
    return text(value).title()


PURE: Mapping[str, Callable[..., Value]] = {
    "&": _concatenate, "CONCATENATE": _concatenate, "CHAR": _char, "CODE": _code, "MID": _mid,
    "LEFT": _left, "RIGHT": _right, "LEN": lambda value: float(len(text(value))),
    "UPPER": lambda value: text(value).upper(), "LOWER": lambda value: text(value).lower(),
    "PROPER": _upper_first, "REPT": _rept, "REPLACE": _replace, "SUBSTITUTE": _substitute,
    "TRIM": lambda value: " ".join(text(value).split(" ")).strip() if value else "",
    "CLEAN": lambda value: "".join(c for c in text(value) if c >= " "),
    "FIND": _find, "SEARCH": _search, "EXACT": lambda a, b: text(a) == text(b),
    "T": lambda value: value if isinstance(value, str) else "",
    "N": lambda value: 0.0 if isinstance(value, str) else number(value),
    "VALUE": number, "TEXT": _format, "HEX2DEC": _hex,
    "DEC2HEX": lambda value: f"{max(whole(value), 0):X}",
    "+": lambda a, b=None: number(a) + number(b), "*": lambda a, b: number(a) * number(b),
    "-": lambda a, b=None: number(a) - number(b) if b is not None else -number(a),
    "/": _divide, "^": _power, "POWER": _power, "%": lambda value: number(value) / 100,
    "=": lambda a, b: _compared(a, b) == 0, "<>": lambda a, b: _compared(a, b) != 0,
    "<": lambda a, b: _compared(a, b) < 0, "<=": lambda a, b: _compared(a, b) <= 0,
    ">": lambda a, b: _compared(a, b) > 0, ">=": lambda a, b: _compared(a, b) >= 0,
    "SUM": lambda *values: math.fsum(_flat(values)), "PRODUCT": _product,
    "MAX": lambda *values: max(_flat(values), default=0.0),
    "MIN": lambda *values: min(_flat(values), default=0.0),
    "AVERAGE": lambda *values: _divide(math.fsum(_flat(values)), float(len(_flat(values)))),
    "COUNT": lambda *values: float(len(_flat(values))),
    "COUNTA": lambda *values: float(sum(one is not None for one in values)),
    "ABS": lambda value: abs(number(value)), "INT": lambda value: float(whole(value)),
    "TRUNC": lambda value, _=None: float(math.trunc(number(value))), "ROUND": _round,
    "SIGN": lambda value: float((number(value) > 0) - (number(value) < 0)), "SQRT": _root,
    "MOD": _mod, "QUOTIENT": lambda a, b: float(math.trunc(_divide(a, b))), "PI": lambda: math.pi,
    "AND": lambda *values: all(map(truth, values)), "OR": lambda *values: any(map(truth, values)),
    "NOT": lambda value: not truth(value), "TRUE": lambda: True, "FALSE": lambda: False,
    "CHOOSE": _choose, "ISNUMBER": _is(float), "ISTEXT": _is(str), "ISLOGICAL": _is(bool),
    "ISBLANK": _is(type(None)), "ISERROR": _is(Fault), "ISERR": _is(Fault), "ISREF": _is(Ref),
}  # fmt: skip
SPREADS = frozenset({"SUM", "PRODUCT", "MAX", "MIN", "AVERAGE", "COUNT", "COUNTA", "AND", "OR"})
"""These take the cells of a range one by one; the others take its first."""
KEEPS_FAULTS = frozenset({"ISERROR", "ISERR", "ISREF", "ISNUMBER", "ISTEXT", "ISBLANK"})


def compute(name: str, values: Sequence[Value]) -> Scalar | Fault | Ref | None:
    """What a pure function comes to; an error where it is given what it does not take."""
    try:
        result = PURE[name](*values)
    except (FaultError, TypeError, OverflowError, ValueError):
        return Fault("#VALUE!")
    if isinstance(result, float) and not math.isfinite(result):
        return Fault("#NUM!")
    return result if not isinstance(result, Unknown) else None
