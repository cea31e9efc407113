"""The file that the OLE object packager put into a document: its names and its bytes."""

from dataclasses import dataclass

_LONGEST_NAME = 1024


@dataclass(frozen=True, slots=True)
class Package:
    """A packed file. ``names`` are its label, its file name and its temporary path's last part."""

    names: tuple[str, ...]
    content: bytes


def unpacked(data: bytes) -> Package | None:
    """Read what follows the length in an Ole10Native stream; None if it is not built like that.

    A mark of two bytes, label and path ended by zeros, four bytes of flags, the temporary path
    after its length, the content after its length.
    """
    if len(data) < 16:
        return None
    label, after = _text(data, 2)
    path, after = _text(data, after)
    temporary, after = _counted(data, after + 4)
    content, after = _counted(data, after)
    if not content or after > len(data):
        return None
    names = (_last(label), _last(path), _last(temporary.rstrip(b"\0")))
    return Package(tuple(dict.fromkeys(filter(None, names))), content)


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    text, zero, _ = data[at : at + _LONGEST_NAME].partition(b"\0")
    return text, at + len(text) + len(zero)


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    start = at + 4
    stop = start + int.from_bytes(data[at:start], "little")
    return data[start:stop], stop


def _last(path: bytes) -> str:
    return path.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
