"""Functions of macros that write, jump, or look at cells by their places."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from gateway.scan.formats.office.xlm import functions, tree, typed
from gateway.scan.formats.office.xlm.functions import FaultError, UnknownError
from gateway.scan.formats.office.xlm.memory import Memory
from gateway.scan.formats.office.xlm.tree import FAULT, Fault, Node, Ref, Unknown, Value

_LAST_ROW, _LAST_COLUMN = (1 << 20) - 1, (1 << 14) - 1
_CONTENT = 5.0
"""What GET.CELL is asked for; the rest is fonts and widths."""


class Jump(Exception):  # noqa: N818 - these three are ways to go on, not errors
    """The macro goes on at ``target``."""

    def __init__(self, target: Ref) -> None:
        super().__init__()
        self.target = target


class Return(Exception):  # noqa: N818
    """The macro goes back to who ran it, with a value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Halt(Exception):  # noqa: N818
    """All macros end."""


class Machine(Protocol):
    """What runs the macros."""

    memory: Memory
    active: Ref
    """The cell that is selected."""
    is_reading: bool
    """Whether a cell is only looked at, so that nothing may be done."""

    def pay(self, steps: int = 1, text: int = 0) -> None:
        """Count what is done. Raises SpentError."""

    def evaluate(self, node: Node, at: Ref) -> Value:
        """What a formula comes to."""

    def plain(self, node: Node, at: Ref) -> Value:
        """The same, and of a reference what stands in its first cell."""

    def content(self, ref: Ref) -> Value:
        """What stands in a cell."""

    def later(self, target: Ref) -> None:
        """Another way to go."""

    def run(self, target: Ref) -> Value:
        """Run a macro within this one."""

    def target(self, value: Value) -> Ref | None:
        """The cell that something leads to."""

    def wrote(self, at: Ref, formula: Node) -> None:
        """A formula was written into a cell."""


Special = Callable[[Machine, Sequence[Node], Ref], Value]


def _if(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    """Where the condition is not known, both ways are gone, as far as they do not end all."""
    condition, *branches = arguments or [None]
    try:
        holds = functions.truth(machine.plain(condition, at))
    except (UnknownError, FaultError):
        return _both(machine, branches, at)
    chosen = branches[:1] if holds else branches[1:2]
    return machine.evaluate(chosen[0], at) if chosen else holds


def _both(machine: Machine, branches: Sequence[Node], at: Ref) -> Value:
    values: list[Value] = []
    jumps: list[Jump] = []
    for branch in branches:
        try:
            values.append(machine.evaluate(branch, at))
        except Jump as jump:
            jumps.append(jump)
        except (Halt, Return):
            continue
    if jumps and not values and len(branches) > 1:
        first, *others = jumps
        for other in others:
            machine.later(other.target)
        raise first
    for one in jumps:
        machine.later(one.target)
    known = [one for one in values if one is not None and not isinstance(one, Unknown | Fault)]
    return known[0] if len(known) == 1 else Unknown("IF(?)")


def _goto(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    target = _led(machine, arguments, at)
    if machine.is_reading:
        return Unknown("GOTO")
    if target is None:
        raise Halt
    raise Jump(target)


def _run(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    target = _led(machine, arguments, at)
    if target is None or machine.is_reading:
        return Unknown("RUN")
    return machine.run(target)


def _led(machine: Machine, arguments: Sequence[Node], at: Ref) -> Ref | None:
    return machine.target(machine.evaluate(arguments[0], at)) if arguments else None


def _return(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    value = machine.plain(arguments[0], at) if arguments else None
    if machine.is_reading:
        return value
    raise Return(value)


def _set_name(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    if len(arguments) < 2 or machine.is_reading:
        return FAULT
    name = arguments[0]
    spelled = name if isinstance(name, str) else machine.plain(name, at)
    value = machine.evaluate(arguments[1], at)
    if not isinstance(spelled, str):
        return FAULT
    if isinstance(value, str) and value.startswith("="):
        value = machine.evaluate(typed.read(value, (at.top, at.left)), at)
    machine.memory.define(spelled, value)
    return True


def _set_value(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    """The value of cells; their formulas stay."""
    place = machine.evaluate(arguments[0], at) if arguments else None
    if not isinstance(place, Ref) or len(arguments) < 2 or machine.is_reading:
        return FAULT
    value = machine.plain(arguments[1], at)
    for each in machine.memory.spread(place):
        machine.pay()
        machine.memory.keep(each, value)
    return True


def _formula(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    """Write into cells, or into the selected one: a formula where it begins with ``=``."""
    if not arguments or machine.is_reading:
        return FAULT
    said = machine.plain(arguments[0], at)
    place = machine.evaluate(arguments[1], at) if len(arguments) > 1 else machine.active
    target = place if isinstance(place, Ref) else machine.target(place)
    if target is None:
        return FAULT
    for each in machine.memory.spread(target):
        machine.pay()
        if isinstance(said, str) and said.startswith("="):
            formula = typed.read(said, (each.top, each.left))
            machine.memory.write(each, formula, None)
            machine.wrote(each, formula)
        else:
            machine.memory.write(each, None, said)
    return True


def _select(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    """Select cells; words count from the cell that is selected."""
    value = machine.evaluate(arguments[0], at) if arguments else None
    if isinstance(value, str):
        named = typed.reference(value, (machine.active.top, machine.active.left))
        value = machine.evaluate(named, machine.active)
    if not isinstance(value, Ref):
        return FAULT
    machine.active = tree.cell(*value.first)
    return True


def _selected(machine: Machine, _arguments: Sequence[Node], _at: Ref) -> Value:
    return machine.active


def _offset(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else None
    if not isinstance(ref, Ref):
        return FAULT
    try:
        rows, columns, height, width = (
            functions.whole(value) if (value := machine.plain(one, at)) is not None else default
            for one, default in zip(
                (*arguments[1:5], None, None, None, None),
                (0, 0, ref.bottom - ref.top + 1, ref.right - ref.left + 1),
                strict=False,
            )
        )
    except UnknownError:
        return Unknown("OFFSET")
    except FaultError:
        return FAULT
    return _cells(ref.sheet, ref.top + rows, ref.left + columns, height, width)


def _cells(sheet: str, top: int, left: int, height: int = 1, width: int = 1) -> Value:
    bottom, right = top + height - 1, left + width - 1
    is_there = 0 <= top <= bottom <= _LAST_ROW and 0 <= left <= right <= _LAST_COLUMN
    return Ref(sheet, top, left, bottom, right) if is_there else Fault("#REF!")


def _index(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else None
    if not isinstance(ref, Ref):
        return FAULT
    try:
        row, column = (
            functions.whole(machine.plain(one, at)) for one in (*arguments[1:3], None, None)[:2]
        )
    except UnknownError:
        return Unknown("INDEX")
    except FaultError:
        return FAULT
    if ref.top == ref.bottom and not column:
        row, column = 1, row
    return _cells(ref.sheet, ref.top + max(row, 1) - 1, ref.left + max(column, 1) - 1)


def _indirect(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    said = machine.plain(arguments[0], at) if arguments else None
    if not isinstance(said, str):
        return said if isinstance(said, Unknown) else FAULT
    named = typed.read(said, (at.top, at.left))
    return machine.evaluate(named, at)


def _spelled(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else None
    return tree.show(ref) if isinstance(ref, Ref) else FAULT


def _read(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    return machine.plain(arguments[0], at) if arguments else FAULT


def _get_cell(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    what = machine.plain(arguments[0], at) if arguments else None
    ref = machine.evaluate(arguments[1], at) if len(arguments) > 1 else machine.active
    if what == _CONTENT and isinstance(ref, Ref):
        return machine.content(ref)
    return Unknown(f"GET.CELL({tree.show(what)},{tree.show(ref)})")


def _evaluated(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    said = machine.plain(arguments[0], at) if arguments else None
    if not isinstance(said, str):
        return said
    return machine.evaluate(typed.read(said, (at.top, at.left)), at)


def _row(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else at
    return float(ref.top + 1) if isinstance(ref, Ref) else FAULT


def _column(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else at
    return float(ref.left + 1) if isinstance(ref, Ref) else FAULT


def _size(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    ref = machine.evaluate(arguments[0], at) if arguments else None
    return float(ref.bottom - ref.top + 1) if isinstance(ref, Ref) else FAULT


def _address(machine: Machine, arguments: Sequence[Node], at: Ref) -> Value:
    try:
        row, column = (functions.whole(machine.plain(one, at)) for one in arguments[:2])
    except UnknownError:
        return Unknown("ADDRESS")
    except (FaultError, ValueError):
        return FAULT
    ref = _cells("", row - 1, column - 1)
    return tree.show(ref) if isinstance(ref, Ref) else ref


SPECIAL: Mapping[str, Special] = {
    "IF": _if, "GOTO": _goto, "RUN": _run, "RETURN": _return, "SET.NAME": _set_name,
    "DEFINE.NAME": _set_name, "SET.VALUE": _set_value, "FORMULA": _formula,
    "FORMULA.FILL": _formula, "FORMULA.ARRAY": _formula, "SELECT": _select,
    "FORMULA.GOTO": _select, "ACTIVE.CELL": _selected, "SELECTION": _selected, "OFFSET": _offset,
    "INDEX": _index, "INDIRECT": _indirect, "TEXTREF": _indirect, "REFTEXT": _spelled,
    "DEREF": _read, "GET.CELL": _get_cell, "EVALUATE": _evaluated, "ROW": _row,
    "COLUMN": _column, "ROWS": _size, "ADDRESS": _address,
}  # fmt: skip
