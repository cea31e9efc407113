"""Opens S/MIME: signed content is looked at, encrypted content is said to be unseen."""

from collections.abc import Iterator
from io import BytesIO

from gateway.mime import cms, fields
from gateway.model import Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.archives.inflate import Inflated
from gateway.scan.kinds import Kind

_ENDING = ".p7m"
_HEAD = 16 << 10


class SmimeExtractor:
    """Takes the content out of a signature, or unpacks it; a detached signature has none."""

    kinds = frozenset({Kind.SMIME})
    broken: tuple[type[Exception], ...] = (cms.DamagedError, *inflate.BROKEN)

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Gap]:
        """Yield the signed content, or a gap for what only its recipient can open."""
        wrapped = cms.unwrap(artifact.data)
        match wrapped.wrapping:
            case cms.Wrapping.SIGNED:
                if wrapped.content is not None:
                    yield _member(wrapped.content, artifact)
            case cms.Wrapping.COMPRESSED if wrapped.content is not None:
                yield _compressed(wrapped.content)
            case cms.Wrapping.ENCRYPTED:
                yield Gap(Reason.ENCRYPTED_MAIL, "S/MIME", artifact.lineage)
            case cms.Wrapping.COMPRESSED | cms.Wrapping.UNKNOWN:
                detail = f"S/MIME: {wrapped.wrapping.name.lower()} content"
                yield Gap(Reason.UNSUPPORTED, detail, artifact.lineage)


def _compressed(content: bytes) -> Member:
    """RFC 3274: what is compressed is a mail without its outer header."""
    head = _begun(content).read(_HEAD)
    declared_type = "message/rfc822" if fields.read(head, 0).is_mime else ""
    return Member("compressed content", _begun(content), declared_type=declared_type)


def _begun(content: bytes) -> Inflated:
    return Inflated(content, inflate.once(inflate.zlib_wrapped))


def _member(content: bytes, artifact: Artifact) -> Member:
    """``facture.pdf.p7m`` holds ``facture.pdf``; ``smime.p7m`` holds a mail without a name."""
    declared_type = "message/rfc822" if fields.read(content, 0).is_mime else ""
    signed = [name[: -len(_ENDING)] for name in artifact.names if name.lower().endswith(_ENDING)]
    names = [name for name in signed if "." in name] or ["signed content"]
    return Member(names[0], BytesIO(content), tuple(names[1:]), declared_type)
