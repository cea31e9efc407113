"""Builds workbooks with Excel 4.0 macros, of every make, from formulas as one types them."""

import struct
from xml.sax.saxutils import escape, quoteattr

from gateway.scan.formats.office.compoundwriter import compound_file
from gateway.scan.formats.office.xlm import numbers, tree, typed
from gateway.scan.formats.office.xlm.compiled import Make
from gateway.scan.formats.office.xlm.tree import Call, Name, Node, Ref
from tests.support.files import zipped

Cells = dict[str, str | float]
"""By their places; a formula begins with ``=``."""
_NUMBERS = {name: number for number, name in numbers.NAMES.items()}
_STATES = {"visible": 0, "hidden": 1, "very hidden": 2}
_SPACE = "http://schemas.openxmlformats.org/"


def package(
    sheets: dict[str, Cells],
    *,
    name: str = "_xlnm.Auto_Open",
    start: str = "Macro1!$A$1",
    state: str = "very hidden",
    is_binary: bool = False,
    macros: bool = True,
) -> bytes:
    """An .xlsm or .xlsb; the first sheet holds macros, if any does."""
    ending = "bin" if is_binary else "xml"
    paths = [
        f"macrosheets/sheet{at}.{ending}"
        if at == 1 and macros
        else f"worksheets/sheet{at}.{ending}"
        for at in range(1, len(sheets) + 1)
    ]
    make = _binary_workbook if is_binary else _xml_workbook
    fill = _binary_sheet if is_binary else _xml_sheet
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_SPACE}x/{_kind(path)}" Target="{path}"/>'
        for at, path in enumerate(paths, start=1)
    )
    whole = f'<Relationships xmlns="{_SPACE}package/2006/relationships">{relations}</Relationships>'
    filled = {
        f"xl/{path}": fill(cells, [*sheets])
        for path, cells in zip(paths, sheets.values(), strict=True)
    }
    types = f'<Types xmlns="{_SPACE}package/2006/content-types"></Types>'
    return zipped(
        {
            "[Content_Types].xml": types.encode(),
            f"xl/workbook.{ending}": make([*sheets], name, start, state),
            f"xl/_rels/workbook.{ending}.rels": whole.encode(),
            **filled,
        }
    )


def _kind(path: str) -> str:
    return "xlMacrosheet" if path.startswith("macrosheets/") else "worksheet"


def _xml_workbook(sheets: list[str], name: str, start: str, state: str) -> bytes:
    spelled = {"hidden": "hidden", "very hidden": "veryHidden"}.get(state, "visible")
    listed = "".join(
        f'<sheet name={quoteattr(sheet)} sheetId="{at}" state="{spelled if at == 1 else "visible"}"'
        f' r:id="rId{at}"/>'
        for at, sheet in enumerate(sheets, start=1)
    )
    names = f"<definedName name={quoteattr(name)}>{escape(start)}</definedName>" if name else ""
    return (
        f'<?xml version="1.0"?><workbook xmlns="{_SPACE}m" xmlns:r="{_SPACE}r">'
        f"<sheets>{listed}</sheets><definedNames>{names}</definedNames></workbook>"
    ).encode()


def _xml_sheet(cells: Cells, _sheets: list[str]) -> bytes:
    rows = "".join(
        f'<row><c r="{place}"{_xml_value(value)}</c></row>' for place, value in cells.items()
    )
    root = (
        "xm:macrosheet" if any(str(one).startswith("=") for one in cells.values()) else "worksheet"
    )
    return f'<{root} xmlns:xm="a"><sheetData>{rows}</sheetData></{root}>'.encode()


def _xml_value(value: str | float) -> str:
    if isinstance(value, str) and value.startswith("="):
        return f"><f>{escape(value[1:])}</f><v>0</v>"
    if isinstance(value, str):
        return f' t="inlineStr"><is><t>{escape(value)}</t></is>'
    return f"><v>{value}</v>"


def workbook97(
    sheets: dict[str, Cells],
    *,
    name: str = "\x01",
    start: str = "Macro1!$A$1",
    state: str = "very hidden",
) -> bytes:
    """An .xls; the first sheet holds macros."""
    listed = [*sheets]
    bodies = [
        _old_sheet(cells, listed, is_macro=not at) for at, cells in enumerate(sheets.values())
    ]
    for _ in range(2):
        places = [0] * len(bodies)
        head = _old_globals(listed, places, name, start, state)
        places = [len(head) + sum(map(len, bodies[:at])) for at in range(len(bodies))]
        head = _old_globals(listed, places, name, start, state)
    return compound_file({"Workbook": head + b"".join(bodies)})


def _old_globals(sheets: list[str], places: list[int], name: str, start: str, state: str) -> bytes:
    records = [(0x0809, b"\0\x06\x05\0" + bytes(12))]
    for at, sheet in enumerate(sheets):
        flags = bytes([0 if at else _STATES[state], 0 if at else 1, len(sheet), 0])
        records.append((0x0085, struct.pack("<I", places[at]) + flags + sheet.encode("latin-1")))
    records.append((0x01AE, struct.pack("<H", len(sheets)) + b"\x01\x04"))
    links = b"".join(struct.pack("<HHH", 0, at, at) for at in range(len(sheets)))
    records.append((0x0017, struct.pack("<H", len(sheets)) + links))
    meaning = compiled(start, sheets, Make.EXCEL_97)
    flags = 0x20 if name < "\x20" else 0
    head = struct.pack("<HBBH", flags, 0, len(name), len(meaning)) + bytes(8)
    records += [(0x0018, head + b"\0" + name.encode("latin-1") + meaning), (0x000A, b"")]
    return _records(records)


def _old_sheet(cells: Cells, sheets: list[str], *, is_macro: bool) -> bytes:
    records = [(0x0809, b"\0\x06" + bytes([0x40 if is_macro else 0x10, 0]) + bytes(12))]
    for place, value in cells.items():
        at = typed.reference(place)
        assert isinstance(at, Ref)
        head = struct.pack("<HHH", at.top, at.left, 0)
        if isinstance(value, str) and value.startswith("="):
            formula = compiled(value, sheets, Make.EXCEL_97)
            stored = bytes(14) + struct.pack("<H", len(formula)) + formula
            records.append((0x0006, head + stored))
        elif isinstance(value, str):
            text = struct.pack("<HB", len(value), 0) + value.encode("latin-1")
            records.append((0x0204, head + text))
        else:
            records.append((0x0203, head + struct.pack("<d", value)))
    return _records([*records, (0x000A, b"")])


def _records(records: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def _binary_workbook(sheets: list[str], name: str, start: str, state: str) -> bytes:
    records = []
    for at, sheet in enumerate(sheets, start=1):
        hidden = _STATES[state] if at == 1 else 0
        body = struct.pack("<II", hidden, at) + _wide(f"rId{at}") + _wide(sheet)
        records.append((156, body))
    links = b"".join(struct.pack("<III", 0, at, at) for at in range(len(sheets)))
    records += [(357, b""), (362, struct.pack("<I", len(sheets)) + links)]
    if name:
        meaning = compiled(start, sheets, Make.EXCEL_2007)
        body = bytes(9) + _wide(name) + struct.pack("<I", len(meaning)) + meaning + bytes(8)
        records.append((39, body))
    return _binary_records(records)


def _binary_sheet(cells: Cells, sheets: list[str]) -> bytes:
    records = []
    for place, value in cells.items():
        at = typed.reference(place)
        assert isinstance(at, Ref)
        records.append((0, struct.pack("<I", at.top) + bytes(12)))
        head = struct.pack("<II", at.left, 0)
        if isinstance(value, str) and value.startswith("="):
            formula = compiled(value, sheets, Make.EXCEL_2007)
            stored = bytes(10) + struct.pack("<I", len(formula)) + formula + bytes(4)
            records.append((9, head + stored))
        elif isinstance(value, str):
            records.append((6, head + _wide(value)))
        else:
            records.append((5, head + struct.pack("<d", value)))
    return _binary_records(records)


def _binary_records(records: list[tuple[int, bytes]]) -> bytes:
    return b"".join(_variable(kind) + _variable(len(body)) + body for kind, body in records)


def _variable(number: int) -> bytes:
    stored = b""
    while number >= 0x80:
        stored += bytes([number & 0x7F | 0x80])
        number >>= 7
    return stored + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def compiled(formula: str, sheets: list[str], make: Make) -> bytes:
    """A formula as Excel stores it; the links to sheets are in the order of ``sheets``."""
    return _tokens(typed.read(formula), [sheet.casefold() for sheet in sheets], make)


def _tokens(node: Node, sheets: list[str], make: Make) -> bytes:
    match node:
        case Ref():
            return _reference(node, sheets, make)
        case Name():
            return b"\x23\x01\0\0\0"
        case Call():
            return _call(node, sheets, make)
        case str():
            return _text(node, make)
        case _:
            return _plain(node)


def _text(text: str, make: Make) -> bytes:
    if make is Make.EXCEL_2007:
        return struct.pack("<BH", 0x17, len(text)) + text.encode("utf-16-le")
    return bytes([0x17, len(text), 0]) + text.encode("latin-1")


def _plain(node: Node) -> bytes:
    if isinstance(node, bool):
        return bytes([0x1D, node])
    if isinstance(node, float):
        is_short = node.is_integer() and 0 <= node < 65536
        return struct.pack("<BH", 0x1E, int(node)) if is_short else struct.pack("<Bd", 0x1F, node)
    assert node is None
    return b"\x16"


def _reference(ref: Ref, sheets: list[str], make: Make) -> bytes:
    row = "<I" if make is Make.EXCEL_2007 else "<H"
    is_area = (ref.top, ref.left) != (ref.bottom, ref.right)
    rows, columns = (
        ((ref.top, ref.bottom), (ref.left, ref.right)) if is_area else ((ref.top,), (ref.left,))
    )
    stored = b"".join(struct.pack(row, one) for one in rows)
    stored += b"".join(struct.pack("<H", one) for one in columns)
    if not ref.sheet:
        return bytes([0x45 if is_area else 0x44]) + stored
    link = struct.pack("<H", sheets.index(ref.sheet))
    return bytes([0x5B if is_area else 0x5A]) + link + stored


def _call(node: Call, sheets: list[str], make: Make) -> bytes:
    pieces = [_tokens(one, sheets, make) for one in node.arguments]
    if node.name in tree.OPERATORS and len(pieces) > 1:
        token = bytes([3 + tree.OPERATORS.index(node.name)])
        return pieces[0] + b"".join(piece + token for piece in pieces[1:])
    if node.name in tree.OPERATORS:
        return pieces[0] + (b"\x13" if node.name == "-" else b"\x12")
    number = _NUMBERS[node.name]
    if number in numbers.ARGUMENTS:
        return b"".join(pieces) + struct.pack("<BH", 0x41, number)
    return b"".join(pieces) + struct.pack("<BBH", 0x42, len(pieces), number)
