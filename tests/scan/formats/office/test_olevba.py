import struct
import zlib
from base64 import b64encode
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Finding
from gateway.scan.analyzers.macros import MacroAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.formats.office import olevba, vba
from gateway.scan.kinds import Kind


def project() -> bytes:
    with ZipFile(BytesIO(samples.docm_with_autorun_macro())) as document:
        return document.read("word/vbaProject.bin")


def word_2003(macros: bytes) -> bytes:
    """A Word 2003 XML document with its macros in an ActiveMime part."""
    wrapped = b"ActiveMime".ljust(0x1E, b"\0") + struct.pack("<H", 4)
    wrapped = wrapped.ljust(0x32, b"\0") + zlib.compress(macros)
    return (
        b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        b'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">'
        b'<w:docSuppData><w:binData w:name="editdata.mso">'
        + b64encode(wrapped)
        + b"</w:binData></w:docSuppData></w:wordDocument>"
    )


def test_both_readers_read_the_same_source() -> None:
    modules = (module for module in vba.modules(project()) if isinstance(module, vba.Module))
    own = [(module.name, module.source) for module in modules]

    assert [(module.name, module.source) for module in olevba.modules(project())] == own


def test_what_both_readers_find_is_told_once() -> None:
    artifact = Artifact(project(), ("a.doc",), (), "", (Kind.OLE,))

    (finding,) = MacroAnalyzer().analyze(artifact, Context())

    assert isinstance(finding, Finding)
    assert finding.evidence.count("Document_Open") == 1


def test_macros_in_word_2003_xml_are_judged() -> None:
    artifact = Artifact(word_2003(project()), ("a.xml",), (), "", (Kind.XML,))

    (finding,) = MacroAnalyzer().analyze(artifact, Context())

    assert isinstance(finding, Finding)
    assert finding.code == "macro.dropper"
    assert "Shell" in finding.evidence


def test_a_file_without_a_macro_storage_costs_nothing() -> None:
    assert list(olevba.modules(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))) == []


@given(st.data())
@pytest.mark.slow
def test_a_damaged_file_raises_nothing(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([project(), word_2003(project())])))
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    for module in olevba.modules(bytes(damaged)):
        assert module.source is not None
