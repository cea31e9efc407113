"""Opens a file that is one other file, compressed: gz, bz2, xz, lzma, lzip, zst, lz4, sz, Z."""

from collections.abc import Callable, Iterator

from gateway.model import Finding, Gap, Level, Reason
from gateway.scan.api import Artifact, Context, Member, Stream
from gateway.scan.formats.archives import inflate, lz4frame, lzw, snappyframe
from gateway.scan.formats.archives.inflate import Inflated, Placed
from gateway.scan.kinds import Kind

_STREAMS: dict[Kind, Callable[[bytes], Stream]] = {
    Kind.GZIP: lambda data: Inflated(data, inflate.gzip),
    Kind.BZIP2: lambda data: Inflated(data, inflate.bzip2),
    Kind.XZ: lambda data: Inflated(data, inflate.xz),
    Kind.LZMA: lambda data: Inflated(data, inflate.lzma_alone),
    Kind.LZIP: lambda data: Inflated(data, inflate.lzip),
    Kind.ZSTD: lambda data: Inflated(data, inflate.zstd),
    Kind.LZ4: lambda data: Placed(lz4frame.decode(data)),
    Kind.SNAPPY: lambda data: Placed(snappyframe.decode(data)),
    Kind.COMPRESS: lambda data: inflate.Chunked(lzw.decode(data)),
}
_CHECKS_OF_LZIP = 20
_SUFFIXES = {
    ".gz": "", ".bz2": "", ".xz": "", ".lzma": "", ".lz": "", ".zst": "", ".lz4": "", ".sz": "",
    ".z": "", ".snappy": "", ".svgz": ".svg",
    ".tgz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".tlz": ".tar", ".taz": ".tar",
    ".tzst": ".tar",
}  # fmt: skip


class CompressedExtractor:
    """Opens single compressed files, several streams in a row included."""

    kinds = frozenset(_STREAMS)
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield the one file inside, and what stands behind its end."""
        for kind in artifact.kinds:
            if kind in _STREAMS:
                yield from _opened(artifact, kind)


def _opened(artifact: Artifact, kind: Kind) -> Iterator[Member | Finding | Gap]:
    stream = _STREAMS[kind](artifact.data)
    own_name = _own_name(artifact.data) if kind is Kind.GZIP else ""
    name = _shorter(artifact.name)
    yield Member(own_name or name, stream, names=(name,))
    if not isinstance(stream, Inflated | Placed):
        return
    if not stream.position:
        yield Gap(Reason.DAMAGED, "nothing here can be unpacked", artifact.lineage)
        return
    end = stream.position + (_CHECKS_OF_LZIP if kind is Kind.LZIP else 0)
    # Tapes and disk blocks are filled up with zeros; anything else was put there by someone.
    if artifact.data[end:].strip(b"\0"):
        yield Finding(
            "compressed.trailing",
            Level.NOTE,
            "Something stands behind the compressed data",
            f"{len(artifact.data) - end} bytes",
            artifact.lineage,
        )
        yield Member("trailing", inflate.stored(artifact.data, end, len(artifact.data)))


def _own_name(data: bytes) -> str:
    """The name in a gzip header, if it has no extra field before it (RFC 1952, 2.3.1)."""
    if len(data) < 10 or data[3] & 0x0C != 0x08:
        return ""
    return data[10:266].split(b"\0", 1)[0].decode("latin-1")


def _shorter(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    replacement = _SUFFIXES.get(f"{dot}{suffix}".lower())
    return name if replacement is None or not stem else stem + replacement
