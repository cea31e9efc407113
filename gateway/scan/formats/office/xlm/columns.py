"""Goes through the formulas of a column from above to below, as blocks, loops and jumps say."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.scan.formats.office.xlm import functions, tree
from gateway.scan.formats.office.xlm.functions import FaultError, UnknownError
from gateway.scan.formats.office.xlm.memory import below, opens
from gateway.scan.formats.office.xlm.specials import Jump, Machine
from gateway.scan.formats.office.xlm.tree import Call, Ref, Unknown, Value

_MOST_ROUNDS = 10_000


@dataclass(slots=True)
class _Loop:
    """A loop that is being gone through: where it begins, and what is left of it."""

    at: Ref
    left: deque[Value] | None = None
    """What its name will stand for; None where a condition decides."""
    name: str = ""


@dataclass(slots=True)
class _Walk:
    machine: Machine
    loops: list[_Loop] = field(default_factory=list)
    undecided: int = 0
    """Blocks around us that are gone through both ways, since nobody knows their condition."""


def walk(machine: Machine, start: Ref) -> None:
    """Run every formula from ``start`` on; Return and Halt come through."""
    going = _Walk(machine)
    at: Ref | None = start
    while at is not None and (at := machine.memory.next(at)) is not None:
        machine.pay()
        formula = machine.memory.formula(at)
        try:
            if isinstance(formula, Call) and formula.name in _BLOCKS and opens(formula):
                at = _BLOCKS[formula.name](going, formula, at)
            else:
                machine.memory.keep(at, machine.evaluate(formula, at))
                at = below(at)
        except Jump as jump:
            at, going = jump.target, _Walk(machine)


def _if(going: _Walk, formula: Call, at: Ref) -> Ref | None:
    holds = _holds(going, formula, at)
    going.undecided += holds is None
    return _otherwise(going, at) if holds is False else below(at)


def _else_if(going: _Walk, formula: Call, at: Ref) -> Ref | None:
    return _if(going, formula, at) if going.undecided else _past(going, at, "END.IF")


def _else(going: _Walk, _formula: Call, at: Ref) -> Ref | None:
    return below(at) if going.undecided else _past(going, at, "END.IF")


def _end_if(going: _Walk, _formula: Call, at: Ref) -> Ref | None:
    going.undecided = max(0, going.undecided - 1)
    return below(at)


def _while(going: _Walk, formula: Call, at: Ref) -> Ref | None:
    holds = _holds(going, formula, at)
    if holds is False:
        return _past(going, at, "NEXT")
    # One round, where nobody knows how many.
    going.loops.append(_Loop(at) if holds else _Loop(at, deque()))
    return below(at)


def _for(going: _Walk, formula: Call, at: Ref) -> Ref | None:
    name = going.machine.plain(formula.arguments[0], at) if formula.arguments else ""
    each = _cells if formula.name == "FOR.CELL" else _numbers
    values = each(going, formula, at)
    if not values or not isinstance(name, str):
        return _past(going, at, "NEXT")
    going.machine.memory.define(name, values.popleft())
    going.loops.append(_Loop(at, values, name))
    return below(at)


def _next(going: _Walk, _formula: Call, at: Ref) -> Ref | None:
    if not going.loops:
        return below(at)
    loop = going.loops[-1]
    if loop.left:
        going.machine.memory.define(loop.name, loop.left.popleft())
        return below(loop.at)
    going.loops.pop()
    # The condition of a WHILE is looked at anew.
    return loop.at if loop.left is None else below(at)


def _break(going: _Walk, _formula: Call, at: Ref) -> Ref | None:
    if not going.loops:
        return below(at)
    going.loops.pop()
    return _past(going, at, "NEXT")


def _holds(going: _Walk, formula: Call, at: Ref) -> bool | None:
    """Whether a condition holds; None if nobody knows."""
    condition = formula.arguments[0] if formula.arguments else None
    try:
        return functions.truth(going.machine.plain(condition, at))
    except (UnknownError, FaultError):
        return None


def _otherwise(going: _Walk, at: Ref) -> Ref | None:
    """Where a block goes on whose condition does not hold."""
    memory = going.machine.memory
    place = memory.after_block(at, "ELSE", "ELSE.IF", "END.IF")
    while place is not None:
        going.machine.pay()
        formula = memory.formula(place)
        if not isinstance(formula, Call) or formula.name != "ELSE.IF":
            return below(place)
        holds = _holds(going, formula, place)
        if holds is not False:
            going.undecided += holds is None
            return below(place)
        place = memory.after_block(place, "ELSE", "ELSE.IF", "END.IF")
    return None


def _past(going: _Walk, at: Ref, stop: str) -> Ref | None:
    place = going.machine.memory.after_block(at, stop)
    return below(place) if place else None


def _cells(going: _Walk, formula: Call, at: Ref) -> deque[Value]:
    given = formula.arguments[1:2]
    ref = going.machine.evaluate(given[0], at) if given else None
    return deque(going.machine.memory.spread(ref)) if isinstance(ref, Ref) else deque()


def _numbers(going: _Walk, formula: Call, at: Ref) -> deque[Value]:
    bounds = [going.machine.plain(one, at) for one in formula.arguments[1:4]]
    try:
        start, stop, step = map(functions.number, (*bounds, 1.0)[:3])
    except (UnknownError, FaultError, ValueError):
        return deque([Unknown(tree.show(formula))])
    rounds = (stop - start) / step if step else -1.0
    count = int(min(max(rounds, -1.0), _MOST_ROUNDS)) + 1
    return deque(start + step * index for index in range(count))


_BLOCKS: Mapping[str, Callable[[_Walk, Call, Ref], Ref | None]] = {
    "IF": _if, "ELSE.IF": _else_if, "ELSE": _else, "END.IF": _end_if, "WHILE": _while,
    "FOR": _for, "FOR.CELL": _for, "NEXT": _next, "BREAK": _break,
}  # fmt: skip
