"""Real macros, as they are and with their source exchanged for one of the same length."""

from collections.abc import Iterator

from gateway.demo.vbaproject import compress
from gateway.scan.formats.archives.zipcontents import contents
from gateway.scan.formats.office import vba, vbacompiled, vbastomped
from gateway.scan.formats.office.compound import CompoundFile, DamagedError
from gateway.scan.formats.office.compoundwriter import compound_file
from gateway.scan.formats.office.xlm.parts import Parts
from tests.support.corpus import needs_corpus, rows

_LABELS = ("benign", "benign-macro")


def projects(labels: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for label in labels:
        for row in rows(label):
            data = row["path"].read_bytes()
            if data.startswith(b"\xd0\xcf\x11\xe0"):
                yield row["path"].name, data
            elif data.startswith(b"PK") and b"vbaProject.bin" in data and contents(data).found:
                parts = Parts(data)
                for name in parts.names:
                    if name.endswith("vbaproject.bin"):
                        yield row["path"].name, parts.read(name)


def modules(data: bytes) -> list[vba.Module]:
    try:
        return [one for one in vba.modules(data) if isinstance(one, vba.Module)]
    except DamagedError:
        return []


def exchanged(data: bytes) -> bytes:
    """The same project with a harmless source in place of each, as many lines long."""
    opened = CompoundFile(data)
    streams = {"/".join(entry.path): opened.read(entry, entry.size) for entry in opened.entries}
    for module in modules(data):
        name = next((key for key in streams if key.endswith(f"VBA/{module.name}")), "")
        lines = module.source.splitlines()
        if name and streams[name].startswith(module.compiled):
            decoy = [
                line if line.startswith("Attribute") else f"' ligne {number}"
                for number, line in enumerate(lines)
            ]
            source = "\r\n".join(["", *decoy[1:], ""])[2:].encode("cp1252", "replace")
            streams[name] = module.compiled + compress(source)
    return compound_file(streams)


@needs_corpus
def test_honest_macros_say_in_both_forms_the_same() -> None:
    found = {
        name: [sign.evidence for sign in vbastomped.signs(modules(data))]
        for name, data in projects(_LABELS)
    }

    assert len(found) > 40
    assert {name: said for name, said in found.items() if said} == {}


@needs_corpus
def test_an_exchanged_source_of_as_many_lines_is_seen() -> None:
    seen = {}
    for name, data in projects(("benign-macro",)):
        after = modules(exchanged(data))
        before = {one.name: one.source for one in modules(data)}
        moved = [one for one in after if one.source != before.get(one.name)]
        written = "".join(one.source for one in after)
        said = [text for one in moved for text in vbacompiled.strings(one.compiled)]
        said = [text for text in said if text.decode("latin-1") not in written]
        if any(len(text) > 3 and text.isascii() for text in said):
            seen[name] = [*vbastomped.signs(after)]

    assert len(seen) > 10
    assert [name for name, signs in seen.items() if not signs] == []
