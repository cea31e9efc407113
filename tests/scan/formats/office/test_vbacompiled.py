import random
import time

from gateway.scan.formats.office import vba, vbacompiled
from tests.support import office


def module(data: bytes) -> vba.Module:
    (found,) = [one for one in vba.modules(data) if isinstance(one, vba.Module)]
    return found


def test_lines_strings_and_names_are_read() -> None:
    found = module(
        office.compiled_project(
            "", 3, strings=("Bonjour", "abcd"), names=("Shell",), listed=("x1",)
        )
    )

    assert vbacompiled.count(found.compiled) == 3
    assert [*vbacompiled.strings(found.compiled)] == [b"Bonjour", b"abcd"]
    assert [*vbacompiled.names(found.project)] == [b"Word", b"VBA", b"Shell", b"x1"]


def test_a_name_counts_where_a_line_refers_to_it() -> None:
    found = module(office.compiled_project("", 3, names=("Shell",), listed=("AutoOpen",)))
    used = dict(vbacompiled.used(found.project, [found.compiled], frozenset()))

    assert used["shell"]
    assert "autoopen" not in used


def test_a_name_in_the_tables_beside_the_lines_is_told_from_one_in_a_line() -> None:
    found = module(office.compiled_project("", 3, names=("Shell",)))
    lines = vbacompiled.used(found.project, [found.compiled], frozenset())
    (base,) = vbacompiled._bases(found.project, [], set(), frozenset())
    place = [*vbacompiled.names(found.project)].index(b"VBA")
    table = (2 * (base + place)).to_bytes(2, "little") * 4
    beside = vbacompiled.used(found.project, [found.compiled, table], frozenset())

    assert dict(beside) == {**dict(lines), "vba": False}


def test_any_bytes_are_read_in_linear_time() -> None:
    chance = random.Random(1)
    table = b"\xfe\xca\x01\0\xff\x0f" + chance.randbytes(1 << 20)
    began = time.process_time()
    [*vbacompiled.strings(table)]
    vbacompiled.names(b"\x01\x00a\0\0\0\0" * 200_000)
    [*vbacompiled.used(chance.randbytes(1 << 20), [table], frozenset({"a"}))]

    assert time.process_time() - began < 10
