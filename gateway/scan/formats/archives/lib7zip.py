"""7-Zip's library, in memory and within bounds: the one place that imports pybit7z.

The library gives a file whole or not at all. So its size is looked at before it is unpacked, and
while it is unpacked the progress is watched: what a header promises may be a lie.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pybit7z

from gateway.model import Reason
from gateway.scan.kinds import Kind

_LIBRARY = pybit7z.Bit7zLibrary(pybit7z.default_lib7zip())
_MIB = 1 << 20
MOST_ITEMS = 20_000
"""Of one archive; more are not looked at."""

_FORMATS = {
    Kind.ZIP: pybit7z.FormatZip,
    Kind.SEVENZIP: pybit7z.FormatSevenZip,
    Kind.CAB: pybit7z.FormatCab,
    Kind.ARJ: pybit7z.FormatArj,
    Kind.LZH: pybit7z.FormatLzh,
    Kind.CPIO: pybit7z.FormatCpio,
    Kind.AR: pybit7z.FormatDeb,
    Kind.RPM: pybit7z.FormatRpm,
    Kind.XAR: pybit7z.FormatXar,
    Kind.SZDD: pybit7z.FormatMslz,
    Kind.UDF: pybit7z.FormatUdf,
    Kind.FAT: pybit7z.FormatFat,
    Kind.WIM: pybit7z.FormatWim,
    Kind.VHD: pybit7z.FormatVhd,
    Kind.VHDX: pybit7z.FormatVhdx,
    Kind.VMDK: pybit7z.FormatVMDK,
    Kind.DMG: pybit7z.FormatDmg,
    Kind.MSI: pybit7z.FormatCompound,
    Kind.CHM: pybit7z.FormatChm,
}

KINDS = frozenset({*_FORMATS, Kind.RAR, Kind.DISK})
"""What 7-Zip opens and nobody else here does better, and ZIP for its rarer methods."""

_SIGNATURES = {Kind.RAR: b"Rar!\x1a\x07", Kind.SEVENZIP: b"7z\xbc\xaf\x27\x1c"}


class SevenZipError(Exception):
    """7-Zip cannot or may not open it; ``reason`` says which."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Item:
    """One file in an archive."""

    index: int
    name: str
    size: int
    is_encrypted: bool


class Archive:
    """An opened archive. ``item_bytes`` bounds one file, ``total_bytes`` what is decoded for it.

    In a solid archive the second is more than the first: all that stands before is decoded too.
    Every method raises SevenZipError.
    """

    def __init__(
        self, data: bytes, kind: Kind, *, item_bytes: int, total_bytes: int, password: str = ""
    ) -> None:
        self._item_bytes = item_bytes
        self._total_bytes = total_bytes
        # The library refers to these bytes and does not copy them: they live as long as it.
        self._data = data[_start(data, kind) :]
        try:
            form = _format(self._data, kind)
            self._reader = pybit7z.BitArchiveReader(_LIBRARY, self._data, form, password)
            self._reader.set_progress_callback(lambda done: done <= self._total_bytes)
            count = self._reader.items_count()
        except pybit7z.BitException as error:
            raise _explained(error) from error
        self._count = min(count, MOST_ITEMS)
        self.is_cut_short = count > MOST_ITEMS
        """Whether there is more inside than ``items`` gives."""

    @property
    def is_solid(self) -> bool:
        """Whether a file can be unpacked only after those before it."""
        return bool(self._reader.is_solid())

    def items(self) -> Iterator[Item]:
        """Its files, without folders."""
        for index in range(self._count):
            try:
                item = self._reader.item_at(index)
                if not item.is_dir():
                    yield Item(index, item.path(), item.size(), item.is_encrypted())
            except pybit7z.BitException as error:
                raise _explained(error) from error

    def read(self, item: Item) -> bytes:
        """The content of one file."""
        if item.size > self._item_bytes:
            raise _too_big(self._item_bytes)
        try:
            return bytes(self._reader.extract_to(item.index))
        except pybit7z.BitException as error:
            raise _explained(error) from error

    def read_all(self) -> dict[str, bytes]:
        """Every file at once, by name; in a solid archive much faster than one by one."""
        try:
            return dict(self._reader.extract_to())
        except pybit7z.BitException as error:
            raise _explained(error) from error


def locked_zip(files: Mapping[str, bytes], password: str) -> bytes:
    """A zip with these files, each encrypted by AES-256."""
    writer = pybit7z.BitArchiveWriter(_LIBRARY, pybit7z.FormatZip)
    writer.set_password(password)
    # Without it 7-Zip takes ZipCrypto, which anybody breaks.
    writer.set_format_property("em", pybit7z.BitPropVariant("AES256"))
    for name, data in files.items():
        writer.add_file(data, name)
    return bytes(writer.compress_to())


def _start(data: bytes, kind: Kind) -> int:
    """Where the archive begins: behind a program, or behind the picture that hides it."""
    signature = _SIGNATURES.get(kind)
    return max(0, data.find(signature)) if signature else 0


def _format(data: bytes, kind: Kind) -> pybit7z.BitInFormat:
    if kind is Kind.RAR:
        return pybit7z.FormatRar5 if data[6:7] == b"\x01" else pybit7z.FormatRar
    return _FORMATS.get(kind, pybit7z.FormatAuto)


def _too_big(most_bytes: int) -> SevenZipError:
    return SevenZipError(Reason.TOO_BIG, f"more than {most_bytes // _MIB} MiB")


def _explained(error: pybit7z.BitException) -> SevenZipError:
    """The library tells its reasons in words only."""
    words = str(error)
    if "password" in words:
        return SevenZipError(Reason.ENCRYPTED, "needs a password")
    if "aborted" in words:
        return SevenZipError(Reason.TOO_BIG, "too much must be unpacked to reach it")
    if "Unsupported method" in words:
        return SevenZipError(Reason.UNSUPPORTED, "a compression method that 7-Zip does not know")
    return SevenZipError(Reason.DAMAGED, words.partition(": ")[2] or words)
