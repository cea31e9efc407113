"""Every extractor and analyzer that ships, in the order in which they run."""

from gateway.scan.analyzers.cda import CdaAnalyzer
from gateway.scan.analyzers.cells import CellAnalyzer
from gateway.scan.analyzers.dicom import DicomAnalyzer
from gateway.scan.analyzers.disguise import DisguiseAnalyzer
from gateway.scan.analyzers.html import HtmlAnalyzer
from gateway.scan.analyzers.links import LinkAnalyzer
from gateway.scan.analyzers.lnk import LnkAnalyzer
from gateway.scan.analyzers.macros import MacroAnalyzer
from gateway.scan.analyzers.messages import MessageContentsAnalyzer
from gateway.scan.analyzers.officexml import OfficeXmlAnalyzer
from gateway.scan.analyzers.oleobjects import OleObjectAnalyzer
from gateway.scan.analyzers.onenote import OneNoteAnalyzer
from gateway.scan.analyzers.paths import PathAnalyzer
from gateway.scan.analyzers.pdf import PdfAnalyzer
from gateway.scan.analyzers.programs import ProgramAnalyzer
from gateway.scan.analyzers.qr import QrAnalyzer
from gateway.scan.analyzers.reminder import ReminderAnalyzer
from gateway.scan.analyzers.rtf import RtfAnalyzer
from gateway.scan.analyzers.scripts import ScriptAnalyzer
from gateway.scan.analyzers.svg import SvgAnalyzer
from gateway.scan.analyzers.xdm import XdmAnalyzer
from gateway.scan.analyzers.xlm import XlmAnalyzer
from gateway.scan.analyzers.xlsblinks import XlsbLinkAnalyzer
from gateway.scan.analyzers.xml import XmlAnalyzer
from gateway.scan.api import Analyzer, Extractor, Reviewer
from gateway.scan.extractors.activemime import ActiveMimeExtractor
from gateway.scan.extractors.alz import AlzExtractor
from gateway.scan.extractors.compressed import CompressedExtractor
from gateway.scan.extractors.dicom import DicomExtractor
from gateway.scan.extractors.encoded import EncodedExtractor
from gateway.scan.extractors.iso import IsoExtractor
from gateway.scan.extractors.message import MessageExtractor
from gateway.scan.extractors.ole import OleExtractor
from gateway.scan.extractors.onenote import OneNoteExtractor
from gateway.scan.extractors.pdf import PdfExtractor
from gateway.scan.extractors.pgp import PgpExtractor
from gateway.scan.extractors.picture import PictureExtractor
from gateway.scan.extractors.rtf import RtfExtractor
from gateway.scan.extractors.sevenzip import SevenZipExtractor
from gateway.scan.extractors.shortcut import ShortcutExtractor
from gateway.scan.extractors.smime import SmimeExtractor
from gateway.scan.extractors.tar import TarExtractor
from gateway.scan.extractors.tnef import TnefExtractor
from gateway.scan.extractors.unopened import UnopenedExtractor
from gateway.scan.extractors.zip import ZipExtractor
from gateway.scan.reviewers.company import CompanyReviewer

EXTRACTORS: tuple[Extractor, ...] = (
    MessageExtractor(),
    TnefExtractor(),
    SmimeExtractor(),
    PgpExtractor(),
    PdfExtractor(),
    ZipExtractor(),
    CompressedExtractor(),
    TarExtractor(),
    OleExtractor(),
    ActiveMimeExtractor(),
    OneNoteExtractor(),
    EncodedExtractor(),
    PictureExtractor(),
    ShortcutExtractor(),
    RtfExtractor(),
    IsoExtractor(),
    DicomExtractor(),
    AlzExtractor(),
    SevenZipExtractor(),
    UnopenedExtractor(),
)

ANALYZERS: tuple[Analyzer, ...] = (
    DisguiseAnalyzer(),
    PathAnalyzer(),
    MacroAnalyzer(),
    XlmAnalyzer(),
    OfficeXmlAnalyzer(),
    OleObjectAnalyzer(),
    OneNoteAnalyzer(),
    ReminderAnalyzer(),
    RtfAnalyzer(),
    CellAnalyzer(),
    XlsbLinkAnalyzer(),
    PdfAnalyzer(),
    QrAnalyzer(),
    ProgramAnalyzer(),
    LnkAnalyzer(),
    ScriptAnalyzer(),
    LinkAnalyzer(),
    DicomAnalyzer(),
    HtmlAnalyzer(),
    SvgAnalyzer(),
    XmlAnalyzer(),
    CdaAnalyzer(),
    MessageContentsAnalyzer(),
    XdmAnalyzer(),
)
"""Besides these the rules run: they are compiled from the rule packs, see analyzers/yara.py."""

BY_BYTES: frozenset[type] = frozenset(
    {
        MacroAnalyzer,
        PdfAnalyzer,
        QrAnalyzer,
        DicomAnalyzer,
        HtmlAnalyzer,
        SvgAnalyzer,
        XmlAnalyzer,
        OleObjectAnalyzer,
        OneNoteAnalyzer,
        ReminderAnalyzer,
        RtfAnalyzer,
        CdaAnalyzer,
        MessageContentsAnalyzer,
        XdmAnalyzer,
    }
)
"""Those that look at nothing but bytes and kinds: identical bytes are looked at once by them."""

REVIEWERS: tuple[Reviewer, ...] = (CompanyReviewer(),)
"""These look at the list of all files, once everything else has looked."""
