import io

import pytest

from gateway.model import Reason
from gateway.scan.budget import Budget, ExhaustedError, Limits


class Clock:
    """A clock that goes on by ``step`` seconds whenever it is read."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Endless:
    """A stream that never ends, and counts what was taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int, /) -> bytes:
        self.taken += size
        return bytes(size)


def budget(message_bytes: int = 1000, *, step: float = 0.0, **limits: int) -> Budget:
    return Budget(Limits(**limits), message_bytes, Clock(step))


def spend(purse: Budget, stream: io.BytesIO | Endless, depth: int = 1) -> ExhaustedError:
    with pytest.raises(ExhaustedError) as caught:
        list(purse.read(stream, depth))
    return caught.value


def test_a_file_within_the_limits_is_read_whole() -> None:
    data = bytes(range(256)) * 20_000

    assert b"".join(budget().read(io.BytesIO(data), 1)) == data


def test_a_file_of_exactly_the_limit_is_read_whole() -> None:
    assert b"".join(budget(file_bytes=100).read(io.BytesIO(bytes(100)), 1)) == bytes(100)


def test_one_byte_more_than_the_limit_is_too_big_and_others_may_follow() -> None:
    spent = spend(budget(file_bytes=100), io.BytesIO(bytes(101)))

    assert (spent.reason, spent.is_final) == (Reason.TOO_BIG, False)


def test_hardly_more_than_the_limit_is_taken_from_an_endless_stream() -> None:
    stream = Endless()
    spend(budget(file_bytes=5_000_000), stream)

    assert stream.taken <= 5_000_001


def test_all_files_together_are_limited_and_that_ends_the_message() -> None:
    purse = Budget(Limits(file_bytes=100, message_bytes=150), 1000, Clock())
    list(purse.read(io.BytesIO(bytes(100)), 1))
    spent = spend(purse, io.BytesIO(bytes(100)))

    assert (spent.reason, spent.is_final) == (Reason.TOO_BIG, True)


def test_a_ratio_beyond_the_floor_is_an_expansion() -> None:
    spent = spend(budget(10, ratio=5, ratio_floor_bytes=60), io.BytesIO(bytes(61)))

    assert (spent.reason, spent.is_final) == (Reason.EXPANDS, True)


def test_a_ratio_below_the_floor_is_honest() -> None:
    data = bytes(60)

    assert b"".join(budget(1, ratio=5, ratio_floor_bytes=60).read(io.BytesIO(data), 1)) == data


def test_too_deep_costs_nothing_and_others_may_follow() -> None:
    purse = budget(depth=3)
    stream = Endless()
    spent = spend(purse, stream, depth=4)

    assert (spent.reason, spent.is_final, stream.taken) == (Reason.TOO_DEEP, False, 0)


def test_too_many_files_end_the_message() -> None:
    purse = budget(files=2)
    for _ in range(2):
        list(purse.read(io.BytesIO(b"x"), 1))
    spent = spend(purse, io.BytesIO(b"x"))

    assert (spent.reason, spent.is_final) == (Reason.TOO_MANY, True)


def test_a_slow_clock_ends_the_message_in_the_middle_of_a_file() -> None:
    stream = Endless()
    spent = spend(budget(step=10.0), stream)

    assert (spent.reason, spent.is_final) == (Reason.TOO_SLOW, True)


def test_an_empty_file_costs_a_file_and_no_bytes() -> None:
    purse = budget(files=1)

    assert list(purse.read(io.BytesIO(b""), 1)) == []
    assert spend(purse, io.BytesIO(b"")).reason is Reason.TOO_MANY
