"""Repeats of what was unpacked a moment ago: the step that all of the LZ77 family share."""

from gateway.scan.formats.archives.inflate import DamagedError


def repeat(out: bytearray, distance: int, length: int) -> None:
    """Append ``length`` bytes that stand ``distance`` before the end; they may run into themselves.

    The caller bounds ``length``. Raises DamagedError where there is nothing so far back.
    """
    start = len(out) - distance
    if distance <= 0 or start < 0:
        raise DamagedError("a repeat of what was never there")
    if length <= distance:
        out += out[start : start + length]
        return
    times, rest = divmod(length, distance)
    run = bytes(out[start:])
    out += run * times + run[:rest]
