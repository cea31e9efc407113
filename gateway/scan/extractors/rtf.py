"""Opens rich text: the objects that are written into it in hexadecimal."""

from collections.abc import Iterator
from io import BytesIO

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.office.rtfobjects import Object, native, objects
from gateway.scan.kinds import Kind


class RtfExtractor:
    """Opens embedded objects, and the parts in which Word keeps data of its own."""

    kinds = frozenset({Kind.RTF})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each object, without the wrapping of OLE 1.0."""
        for one in objects(artifact.data):
            if one.content:
                yield _member(one)


def _member(one: Object) -> Member:
    inside = native(one)
    if inside.package is None:
        return Member(inside.class_name or one.destination, BytesIO(inside.content))
    name, *others = inside.package.names or ("object",)
    return Member(name, BytesIO(inside.package.content), names=tuple(others))
