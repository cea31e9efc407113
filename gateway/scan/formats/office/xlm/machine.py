"""Follows Excel 4.0 macros from where they start, to see what they would do; nothing is done.

Rule 1. Steps, texts and cells are bounded; what is left out is said.
Rule 2. What only the reader's machine knows is unknown, and where it decides, both ways are gone.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.scan.formats.office.xlm import columns, functions, tree, typed
from gateway.scan.formats.office.xlm.book import Book, column_heads
from gateway.scan.formats.office.xlm.functions import UnknownError
from gateway.scan.formats.office.xlm.memory import Memory, SpentError
from gateway.scan.formats.office.xlm.specials import SPECIAL, Halt, Jump, Return
from gateway.scan.formats.office.xlm.tree import Call, Fault, Name, Node, Ref, Unknown, Value

_MOST_STEPS = 50_000
_MOST_TEXT = 8 << 20
_MOST_DEEDS = 200
_MOST_WAYS = 100
_DEEPEST = 100
_DEEPEST_RUN = 8

ACTS: Mapping[str, str] = {
    "EXEC": "starts programs", "INITIATE": "starts programs", "EXECUTE": "starts programs",
    "CALL": "calls Windows directly", "REGISTER": "calls Windows directly",
    "REGISTER.ID": "calls Windows directly", "FOPEN": "writes files", "FWRITE": "writes files",
    "FWRITELN": "writes files", "FILE.DELETE": "deletes files",
    "SEND.KEYS": "types in the place of the user", "SAVE.COPY.AS": "writes files",
    "VBA.INSERT.FILE": "loads other macros",
}  # fmt: skip
"""What functions do that a table has no need of."""
_ENDS = frozenset({"HALT", "CLOSE", "CLOSE.ALL", "FILE.CLOSE", "QUIT"})
_LATER = frozenset({"ON.TIME", "ON.KEY", "ON.SHEET", "ON.RECALC", "ON.DATA", "ON.ENTRY",
                    "ON.WINDOW", "ON.DOUBLECLICK", "ERROR", "CANCEL.KEY"})  # fmt: skip


_ASKS = ("GET.", "NOW", "TODAY", "RAND", "INFO", "DIRECTORY", "FILES", "WINDOWS", "DOCUMENTS")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a macro would do: ``shown`` is the call with all that is known filled in."""

    place: str
    does: str
    shown: str


@dataclass(slots=True)
class Outcome:
    """What came of following the macros of a workbook."""

    deeds: list[Deed] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    """What was asked of the machine of the reader."""
    is_cut_short: bool = False
    """They do more than was followed."""


def follow(book: Book) -> Outcome:
    """Follow every macro that starts by itself; if none does, each column of a macro sheet."""
    machine = _Machine(book)
    for _, start in book.starts:
        machine.begin(start)
    if not book.starts:
        for sheet in book.macro_sheets:
            for head in column_heads(sheet)[:_MOST_WAYS]:
                machine.begin(head)
    return machine.outcome


class _Machine:
    def __init__(self, book: Book) -> None:
        self.outcome = Outcome()
        self.memory = Memory(book)
        self._steps, self._text = _MOST_STEPS, _MOST_TEXT
        self._depth = self._running = 0
        self.is_reading = False
        self._registered: dict[str, str] = {}
        self._ways: deque[Ref] = deque()
        self._gone: set[Ref] = set()
        first = next(iter(book.macro_sheets), None)
        self.active = tree.cell(first.name.casefold() if first else "", 0, 0)

    def begin(self, start: Node) -> None:
        """Go the way that begins at ``start``, and those that branch off."""
        try:
            target = self.target(self.evaluate(start, self.active))
            if target is not None:
                self.later(target)
            while self._ways:
                self._go(self._ways.popleft())
        except SpentError:
            self.outcome.is_cut_short = True
            self._ways.clear()

    def _go(self, start: Ref) -> None:
        self._depth = self._running = 0
        try:
            columns.walk(self, start)
        except (Halt, Return):
            return
        except Jump as jump:
            self.later(jump.target)

    def later(self, target: Ref) -> None:
        """Another way; each is gone once."""
        if target not in self._gone and len(self._gone) < _MOST_WAYS:
            self._gone.add(target)
            self._ways.append(target)

    def pay(self, steps: int = 1, text: int = 0) -> None:
        self._steps -= steps
        self._text -= text
        if self._steps < 0 or self._text < 0:
            raise SpentError

    def evaluate(self, node: Node, at: Ref) -> Value:
        """What a formula in the cell ``at`` comes to; references stay references."""
        match node:
            case Ref():
                return node if node.sheet else Ref(at.sheet, *_corners(node))
            case Name(text):
                return self._meaning(text, at)
            case Call():
                if self._depth >= _DEEPEST:
                    return Unknown("…")
                self.pay()
                self._depth += 1
                try:
                    return self._called(node, at)
                finally:
                    self._depth -= 1
            case _:
                return node

    def _meaning(self, name: str, at: Ref) -> Value:
        meaning = self.memory.name(name)
        if meaning is None:
            return Unknown(name)
        if isinstance(meaning, Name | Call):
            self._depth += 1
            try:
                return self.evaluate(meaning, at) if self._depth < _DEEPEST else Unknown(name)
            finally:
                self._depth -= 1
        return self.evaluate(meaning, at)

    def plain(self, node: Node, at: Ref) -> Value:
        """The same, and of a reference what stands in its first cell."""
        value = self.evaluate(node, at)
        return self.content(value) if isinstance(value, Ref) else value

    def content(self, ref: Ref) -> Value:
        has_run, value = self.memory.result(ref)
        if has_run:
            return self.content(value) if isinstance(value, Ref) and value != ref else value
        stored = self.memory.stored(ref)
        formula = self.memory.formula(ref)
        if formula is None or self._depth >= _DEEPEST:
            return stored
        # Nothing is done only because somebody looks at a cell.
        before, self.is_reading = self.is_reading, True
        self._depth += 4
        try:
            value = self.plain(formula, ref)
        finally:
            self.is_reading = before
            self._depth -= 4
        is_known = not isinstance(value, Unknown | Fault) and value is not None
        return value if is_known or stored is None else stored

    def _called(self, call: Call, at: Ref) -> Value:
        special = SPECIAL.get(call.name)
        if special is not None:
            return special(self, call.arguments, at)
        if call.name in functions.PURE:
            return self._pure(call, at)
        if call.name in ACTS:
            return self._acts(call.name, call.arguments, at)
        if call.name in _ENDS and not self.is_reading:
            raise Halt
        if call.name in _LATER:
            return self._schedules(call.arguments, at)
        return self._other(call, at)

    def _pure(self, call: Call, at: Ref) -> Value:
        values: list[Value] = []
        for one in call.arguments:
            value = self.evaluate(one, at)
            if isinstance(value, Ref) and call.name in functions.SPREADS:
                values += [self.content(each) for each in self.memory.spread(value)]
                self.pay(len(values))
            elif isinstance(value, Ref) and call.name not in {"ISREF", "CHOOSE"}:
                values.append(self.content(value))
            else:
                values.append(value)
        fault = next((one for one in values if isinstance(one, Fault)), None)
        if fault is not None and call.name not in functions.KEEPS_FAULTS:
            return fault
        try:
            result = functions.compute(call.name, values)
        except UnknownError:
            return _unknown(call.name, values)
        self.pay(text=len(result) if isinstance(result, str) else 0)
        return result

    def _acts(self, name: str, arguments: Sequence[Node], at: Ref) -> Value:
        values = [self.plain(one, at) for one in arguments]
        shown = tree.show(tree.call(name, values))
        if not self.is_reading:
            self._do(at, ACTS[name], shown)
        if name in {"REGISTER", "REGISTER.ID"} and len(values) > 1:
            function = f"{_word(values[0])}.{_word(values[1])}"
            if len(values) > 3 and isinstance(values[3], str):
                self._registered[values[3].casefold()] = function
            return Unknown(function)
        return Unknown(shown)

    def _do(self, at: Ref, does: str, shown: str) -> None:
        deed = Deed(tree.show(at), does, shown)
        if deed in self.outcome.deeds:
            return
        if len(self.outcome.deeds) >= _MOST_DEEDS:
            raise SpentError
        self.outcome.deeds.append(deed)

    def _other(self, call: Call, at: Ref) -> Value:
        """A function of Windows, a macro that is called like a function, or a question."""
        values = [self.plain(one, at) for one in call.arguments]
        key = call.name.rpartition("!")[2].casefold()
        if key in self._registered and not self.is_reading:
            shown = tree.show(tree.call(self._registered[key], values))
            self._do(at, "calls Windows directly", shown)
            return Unknown(shown)
        target = self.target(call.name)
        if target is not None and not self.is_reading:
            return self.run(target)
        value = _unknown(call.name, values)
        if call.name.startswith(_ASKS):
            self.outcome.unknown.setdefault(value.shown, None)
        return value

    def run(self, target: Ref) -> Value:
        """Run a macro within another one."""
        if self._running >= _DEEPEST_RUN or self._depth + 10 >= _DEEPEST:
            self.later(target)
            return Unknown(tree.show(target))
        self._running += 1
        try:
            columns.walk(self, target)
        except Return as back:
            return back.value
        finally:
            self._running -= 1
        return None

    def target(self, value: Value) -> Ref | None:
        """The cell that a reference, an address in words or a name leads to."""
        if isinstance(value, str):
            meaning = self.memory.name(value)
            value = meaning if isinstance(meaning, Ref) else typed.reference(value)
        if not isinstance(value, Ref):
            return None
        return tree.cell(value.sheet or self.active.sheet, value.top, value.left)

    def wrote(self, at: Ref, formula: Node) -> None:
        """A formula was written; whether it ever runs may depend on the machine."""
        if isinstance(formula, Call) and formula.name in ACTS:
            self._do(at, ACTS[formula.name], tree.show(formula))

    def _schedules(self, arguments: Sequence[Node], at: Ref) -> Value:
        """What shall run at a time or an event may run."""
        for one in arguments:
            target = self.target(self.evaluate(one, at)) if one is not None else None
            if target is not None and not self.is_reading:
                self.later(target)
        return True


def _corners(ref: Ref) -> tuple[int, int, int, int]:
    return ref.top, ref.left, ref.bottom, ref.right


def _unknown(name: str, values: Sequence[Value]) -> Unknown:
    return Unknown(tree.show(tree.call(name, values)))


def _word(value: Value) -> str:
    return value if isinstance(value, str) else tree.show(value)
