"""Every parser of ours that takes bytes of a stranger. A new one is one line here.

Extractors and analyzers are targets by themselves, whatever is in their tuples.
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from gateway import mime
from gateway.mime import (
    armour,
    binhex,
    calendar,
    cms,
    fields,
    parameters,
    pgp,
    quotedprintable,
    radix64,
    reader,
    uuencode,
    words,
    yenc,
)
from gateway.scan.api import Analyzer, Artifact, Context, Extractor, Member
from gateway.scan.builtin import ANALYZERS, EXTRACTORS
from gateway.scan.formats import (
    commands,
    lookalikes,
    lzfu,
    passwordwords,
    programheader,
    shelllink,
    structure,
    tnef,
)
from gateway.scan.formats.archives import (
    alzrecords,
    inflate,
    lz4frame,
    lzhuf,
    lzw,
    snappyframe,
    zipcontents,
    ziprecords,
)
from gateway.scan.formats.archives.inflate import BROKEN, Begin, Inflated
from gateway.scan.formats.health import dicomdata, laboratory
from gateway.scan.formats.office import (
    biff,
    equation,
    odflock,
    onepage,
    onestore,
    rtfobjects,
    vba,
    vbacompiled,
    vbalines,
    vbastomped,
    vbastrings,
    worddocument,
    xlsb,
)
from gateway.scan.formats.office import crypt as officecrypt
from gateway.scan.formats.office import fields as wordfields
from gateway.scan.formats.office import links as officelinks
from gateway.scan.formats.office import lock as officelock
from gateway.scan.formats.office import package as olepackage
from gateway.scan.formats.office.compound import CompoundFile
from gateway.scan.formats.office.salvage import Salvaged
from gateway.scan.formats.office.xlm import compiled, machine, package, typed, workbook97
from gateway.scan.formats.pdf import filters as pdffilters
from gateway.scan.formats.pdf.objects import PdfObjects
from gateway.scan.formats.pdf.values import Parser
from gateway.scan.formats.pictures import pictureend
from gateway.scan.formats.text import (
    base64blocks,
    encodedtext,
    htmlpage,
    javascript,
    markup,
    scriptcode,
    textlook,
    xmlevents,
)
from gateway.scan.identity import identify
from gateway.scan.kinds import Kind
from gateway.smtp.address import parse_recipient, parse_sender
from gateway.smtp.data import DataReader, DataRules

_MOST = 2_000
_MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class Target:
    """A parser, and what it may raise for bad bytes."""

    parse: Callable[[bytes], object]
    broken: tuple[type[Exception], ...] = ()


def _all(parse: Callable[[bytes], Iterable[object]]) -> Callable[[bytes], object]:
    return lambda data: list(islice(parse(data), _MOST))


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: parse(data.decode("latin-1"))


def _compound(data: bytes) -> None:
    opened = CompoundFile(data)
    for entry in islice(opened.entries, _MOST):
        opened.read(entry, 1 << 20)


def _javascript(source: str) -> None:
    for look in (javascript.acts, javascript.hides, javascript.attacks, javascript.drops):
        look(source)
    javascript.telling(source)


def _word(data: bytes) -> None:
    list(islice(wordfields.instructions(worddocument.pieces(data, data[len(data) // 2 :])), _MOST))
    worddocument.template(data, data)


def _rich_text(data: bytes) -> None:
    for one in islice(rtfobjects.objects(data), _MOST):
        rtfobjects.native(one)
    list(islice(rtfobjects.texts(data, "fldinst"), _MOST))


def _formula(data: bytes) -> None:
    for make in compiled.Make:
        compiled.words(data, make)


def _stomped(data: bytes) -> None:
    module = vba.Module("a", data.decode("latin-1"), data, data)
    list(islice(vbastomped.signs([module]), _MOST))


def _macros(data: bytes) -> None:
    for make in compiled.Make:
        machine.follow(workbook97.read(data, make))
    machine.follow(package.read(data))


def _lzh(data: bytes) -> None:
    for entry in islice(lzhuf.entries(data), 20):
        lzhuf.opened(data, entry).read(1 << 16)


def _zip_records(data: bytes) -> None:
    list(islice(ziprecords.local_entries(data), _MOST))
    for place in range(0, len(data), max(1, len(data) // 50)):
        directory = ziprecords.directory_at(data, place)
        ziprecords.local_entry(data, place)
        if directory:
            list(islice(ziprecords.central_entries(data, directory), _MOST))


def _structure(data: bytes) -> None:
    for look in vars(structure).values():
        if callable(look) and getattr(look, "__name__", "").startswith("is_"):
            look(data)


def _words(data: bytes) -> None:
    words.decode_words(data)
    words.decode_text(data, data[:20].decode("latin-1"))


def _data_reader(data: bytes) -> None:
    reader = DataReader(lambda _: None, DataRules(message_bytes=1 << 20))
    for place in range(0, len(data), 4096):
        if reader.feed(data[place : place + 4096]):
            break


PARSERS: dict[str, Target] = {
    # mail
    "mime": Target(_all(lambda data: reader.read(data, ("m",)).open())),
    "removal": Target(_all(mime.removable)),
    "mime heading": Target(mime.heading),
    "mime fields": Target(lambda data: fields.read(data, 0)),
    "mime parameters": Target(parameters.read),
    "mime words": Target(_words),
    "base64": Target(_all(radix64.readings)),
    "quoted-printable": Target(_all(quotedprintable.readings)),
    "uuencode": Target(_all(uuencode.find)),
    "yenc": Target(_all(yenc.find)),
    "binhex": Target(_all(binhex.find)),
    "calendar": Target(_all(calendar.find)),
    "armour": Target(_all(armour.find)),
    "cms": Target(cms.unwrap, (cms.DamagedError,)),
    "pgp": Target(pgp.content_of),
    "tnef": Target(_all(tnef.files), BROKEN),
    # the dialogue
    "sender": Target(parse_sender),
    "recipient": Target(parse_recipient),
    "data reader": Target(_data_reader),
    # kinds
    "identify": Target(lambda data: identify(data, "")),
    "structure": Target(_structure),
    "text look": Target(lambda data: textlook.look(data, "")),
    "program header": Target(lambda data: programheader.describe(data, Kind.PE)),
    # containers
    "compound": Target(_compound, BROKEN),
    "zip records": Target(_zip_records),
    "zip contents": Target(zipcontents.contents, BROKEN),
    "lzw": Target(_all(lzw.decode), BROKEN),
    "lz4": Target(_all(lz4frame.decode), BROKEN),
    "snappy": Target(_all(snappyframe.decode), BROKEN),
    "alz": Target(_all(alzrecords.entries), BROKEN),
    "lzh": Target(_lzh, BROKEN),
    "lzhuf": Target(_all(lambda data: lzhuf.decode(data, 1 << 20)), BROKEN),
    "salvage": Target(lambda data: Salvaged(data, 1 << 20).read(1 << 20), BROKEN),
    "base64blocks": Target(base64blocks.abridged),
    "lzfu": Target(lambda data: lzfu.opened(data).read(_MOST_BYTES), BROKEN),
    "ole package": Target(olepackage.unpacked),
    "onenote": Target(_all(onestore.files), BROKEN),
    "onenote pages": Target(onepage.read),
    "dicom": Target(dicomdata.read, BROKEN),
    "lnk": Target(shelllink.read, BROKEN),
    "laboratory documents": Target(_all(laboratory.documents)),
    "laboratory surplus": Target(laboratory.surplus),
    # documents
    "vba": Target(_all(vba.modules), BROKEN),
    "vba source": Target(vba.decompress, BROKEN),
    "vba compiled": Target(lambda data: list(vbacompiled.used(data, [data], frozenset()))),
    "vba stomped": Target(_stomped, BROKEN),
    "vba lines": Target(_text(lambda text: list(vbalines.lines("m", text)))),
    "odf lock": Target(_all(odflock.locks), BROKEN),
    "picture end": Target(pictureend.end_of),
    "html page": Target(_text(htmlpage.read)),
    "markup": Target(_all(lambda data: markup.pieces(markup.decode(data)))),
    "lookalikes": Target(_text(lookalikes.mixed_word)),
    "vba strings": Target(_text(vbastrings.spoken)),
    "vba strings over lines": Target(
        _text(lambda text: vbastrings.heard(list(vbalines.lines("m", text))))
    ),
    "word document": Target(_word),
    "equation": Target(equation.what_is_wrong),
    "biff": Target(_all(biff.records)),
    "xlsb": Target(_all(xlsb.formulas)),
    "xlm formula": Target(_formula),
    "xlm formula as text": Target(_text(typed.read)),
    "xlm macros": Target(_macros, BROKEN),
    "office fields": Target(_text(lambda text: list(officelinks.of_field(text)))),
    "office links": Target(
        _text(lambda text: list(officelinks.of_relationship("oleObject", text)))
    ),
    "commands": Target(_text(commands.starts_program)),
    "encoded scripts": Target(_all(scriptcode.decoded)),
    "xml events": Target(_all(xmlevents.events), (xmlevents.MalformedError,)),
    "rich text": Target(_rich_text, (rtfobjects.TooMuchError,)),
    "office lock": Target(lambda data: officelock.is_locked(CompoundFile(data)), BROKEN),
    "office package lock": Target(
        lambda data: officecrypt.lock_of_package(data, data), (*BROKEN, struct.error)
    ),
    "workbook lock": Target(officecrypt.lock_of_workbook, (*BROKEN, struct.error)),
    "pdf objects": Target(lambda data: PdfObjects(data).texts),
    "pdf values": Target(lambda data: Parser(data, 0, 10_000).value()),
    "pdf filters": Target(pdffilters.inflated, (pdffilters.UnreadError,)),
    # texts
    "encoded text": Target(_all(encodedtext.find)),
    "javascript": Target(_text(_javascript)),
    "passwords": Target(_text(lambda text: list(islice(passwordwords.suggestions(text), _MOST)))),
}


def _kinds(detector: Extractor | Analyzer, data: bytes) -> Iterable[tuple[Kind, ...]]:
    yield identify(data, "")
    for kind in sorted(detector.kinds or ()):
        yield (kind,)


def _look(analyzer: Analyzer) -> Target:
    def parse(data: bytes) -> None:
        for kinds in _kinds(analyzer, data):
            artifact = Artifact(data, ("m",), ("a.doc",), "", kinds)
            list(islice(analyzer.analyze(artifact, Context()), _MOST))

    return Target(parse, analyzer.broken)


def _open(extractor: Extractor) -> Target:
    def parse(data: bytes) -> None:
        for kinds in _kinds(extractor, data):
            artifact = Artifact(data, ("m",), ("a",), "", kinds)
            left = _MOST_BYTES
            for member in islice(extractor.members(artifact, Context()), 200):
                while isinstance(member, Member) and left > 0:
                    left -= len(chunk := member.stream.read(1 << 16))
                    if not chunk:
                        break

    return Target(parse, extractor.broken)


_STREAMS = (
    inflate.deflate,
    inflate.zlib_wrapped,
    inflate.gzip,
    inflate.bzip2,
    inflate.xz,
    inflate.lzma_alone,
    inflate.lzma_in_zip(None),
    inflate.lzip,
    inflate.zstd,
)


def _inflate(begin: Begin) -> Target:
    def parse(data: bytes) -> None:
        stream, left = Inflated(data, begin), _MOST_BYTES
        while left > 0 and (chunk := stream.read(1 << 16)):
            left -= len(chunk)

    return Target(parse, BROKEN)


TARGETS: dict[str, Target] = {
    **PARSERS,
    **{f"inflate {begin.__name__}": _inflate(begin) for begin in _STREAMS},
    **{type(extractor).__name__: _open(extractor) for extractor in EXTRACTORS},
    **{type(analyzer).__name__: _look(analyzer) for analyzer in ANALYZERS},
}
