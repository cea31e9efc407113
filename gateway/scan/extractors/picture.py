"""Opens pictures: what stands behind their end, where no viewer looks, and pages inside them."""

import re
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.evidence import quote_bytes
from gateway.scan.formats.archives import inflate
from gateway.scan.formats.pictures import pictureend
from gateway.scan.formats.text.encodedtext import looks_like_file
from gateway.scan.kinds import Kind

_LEAST = 16
"""Fewer bytes than this are rubbish that some programs leave there."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
"""Cameras put more pictures behind the first one."""

_PAGE = re.compile(rb"<[sS][cC][rR][iI][pP][tT][\s>]")
_SUMMARIES = {
    "picture.appended": "A file stands behind the end of a picture",
    "picture.page": "A page with a script is written into a picture",
}


class PictureExtractor:
    """Opens PNG, JPEG, GIF, BMP and WebP."""

    kinds = frozenset({Kind.IMAGE})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield what is behind the picture, and a page that is written into it."""
        yield from _appended(artifact)
        page = _PAGE.search(artifact.data)
        if page is not None:
            yield _finding("picture.page", Level.SUSPICIOUS, artifact, page[0])
            stream = inflate.stored(artifact.data, page.start(), len(artifact.data))
            yield Member("page.html", stream, declared_type="text/html")


def _appended(artifact: Artifact) -> Iterator[Member | Finding]:
    data = artifact.data
    end = pictureend.end_of(data)
    head = b"" if end is None else data[end : end + 4096].lstrip(b"\0")
    if end is None or not head or len(data) - end < _LEAST:
        return
    if looks_like_file(head) and not head.startswith(_PICTURES):
        yield _finding("picture.appended", Level.NOTE, artifact, head)
    yield Member("appended", inflate.stored(data, end, len(data)))


def _finding(code: str, level: Level, artifact: Artifact, head: bytes) -> Finding:
    evidence = quote_bytes(head, 60)
    return Finding(code, level, _SUMMARIES[code], evidence, artifact.lineage, technique="T1027.003")
