import os
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarantine.errors import IntegrityError
from quarantine.keys import KeyRing, new_data_key
from quarantine.sealing import (
    CHUNK_BYTES,
    reseal_note,
    seal,
    seal_note,
    unseal,
    unseal_note,
)
from tests.support.vault import CANARY, KEY, OTHER_KEY

DATA_KEY = new_data_key()
SEALED_CHUNK = CHUNK_BYTES + 16
HEADER = 11
THREE_CHUNKS = os.urandom(3 * CHUNK_BYTES - 1000)  # random, so that compression changes little


def _seal(plain: bytes, label: str = "message of item 1") -> bytes:
    return b"".join(seal(DATA_KEY, label, plain))


def _unseal(sealed: bytes, key: bytes = DATA_KEY, label: str = "message of item 1") -> bytes:
    return b"".join(unseal(key, label, BytesIO(sealed)))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 1_000_000])
def test_what_was_sealed_opens_again(size: int) -> None:
    for plain in (os.urandom(size), bytes(size)):
        assert _unseal(_seal(plain)) == plain


@given(st.binary(max_size=2000))
def test_any_bytes_open_again(plain: bytes) -> None:
    assert _unseal(_seal(memoryview(plain))) == plain


def test_bytes_that_repeat_are_made_shorter() -> None:
    assert len(_seal(b"Content-Type: text/plain\r\n" * 10_000)) < 10_000


def test_a_sealed_text_cannot_be_read() -> None:
    assert CANARY.encode() not in _seal(CANARY.encode() * 100)


def test_sealing_twice_gives_different_bytes() -> None:
    assert _seal(b"same") != _seal(b"same")


@pytest.mark.parametrize("place", [0, 5, HEADER, HEADER + SEALED_CHUNK + 7, -1])
def test_one_flipped_bit_is_noticed(place: int) -> None:
    sealed = bytearray(_seal(THREE_CHUNKS))
    sealed[place] ^= 1

    with pytest.raises(IntegrityError, match="message of item 1"):
        _unseal(bytes(sealed))


@pytest.mark.parametrize("kept", [0, 4, HEADER, HEADER + 1, HEADER + SEALED_CHUNK, -1])
def test_a_cut_end_is_noticed(kept: int) -> None:
    with pytest.raises(IntegrityError, match="restore it from a backup"):
        _unseal(_seal(THREE_CHUNKS)[:kept])


def test_bytes_behind_the_end_are_noticed() -> None:
    with pytest.raises(IntegrityError, match="in chunk"):
        _unseal(_seal(THREE_CHUNKS) + b"x")


def _pieces() -> tuple[bytes, list[bytes]]:
    sealed = _seal(THREE_CHUNKS)
    body = sealed[HEADER:]
    chunks = [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]
    assert len(chunks) == 3
    return sealed[:HEADER], chunks


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 0, 1, 2), (0, 2), (2,), (0, 1), (0, 1, 2, 2)])
def test_chunks_that_are_moved_repeated_or_left_out_are_noticed(order: tuple[int, ...]) -> None:
    header, chunks = _pieces()

    with pytest.raises(IntegrityError, match="in chunk"):
        _unseal(header + b"".join(chunks[number] for number in order))


def test_what_was_sealed_as_one_thing_does_not_open_as_another() -> None:
    with pytest.raises(IntegrityError, match="summary of item 1"):
        _unseal(_seal(b"x"), label="summary of item 1")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(IntegrityError):
        _unseal(_seal(b"x"), key=new_data_key())


@given(st.binary(max_size=200))
@pytest.mark.slow
def test_any_bytes_that_were_never_sealed_are_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        _unseal(b"LZB1" + data)


def test_a_note_opens_under_its_master_key_and_label() -> None:
    note = seal_note(KEY, "note of item 1", "Mme Dupont a appelé")

    assert b"Dupont" not in note.sealed
    assert unseal_note(KeyRing(KEY), "note of item 1", note) == "Mme Dupont a appelé"
    for key, label in [(KEY, "note of item 2"), (OTHER_KEY, "note of item 1")]:
        with pytest.raises(IntegrityError):
            unseal_note(KeyRing(key), label, note)


def test_a_note_opens_under_another_master_key_when_it_was_put_there() -> None:
    note = seal_note(KEY, "note of item 1", "spam")

    moved = reseal_note(KeyRing(OTHER_KEY, [KEY]), "note of item 1", note)

    assert unseal_note(KeyRing(OTHER_KEY), "note of item 1", moved) == "spam"
    assert moved.sealed == note.sealed


@pytest.mark.parametrize("wrapped", [b"", b"\x00", bytes(60)])
@pytest.mark.parametrize("sealed", [b"", b"LZB1", bytes(80)])
def test_a_damaged_note_is_refused(wrapped: bytes, sealed: bytes) -> None:
    note = seal_note(KEY, "x", "y")
    for damaged in (replace(note, wrapped_key=wrapped), replace(note, sealed=sealed)):
        with pytest.raises(IntegrityError):
            unseal_note(KeyRing(KEY), "x", damaged)


def test_what_swells_a_thousandfold_comes_in_pieces() -> None:
    pieces = list(unseal(DATA_KEY, "x", BytesIO(b"".join(seal(DATA_KEY, "x", bytes(50 << 20))))))

    assert sum(map(len, pieces)) == 50 << 20
    assert max(map(len, pieces)) <= 1 << 20
