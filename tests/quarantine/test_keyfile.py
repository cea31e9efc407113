import base64
from pathlib import Path

import pytest

from quarantine.errors import KeyFileError, SealedError
from quarantine.keyfile import create_key, create_key_pair, load_key


def test_a_key_that_was_made_can_be_loaded(tmp_path: Path) -> None:
    made = create_key(tmp_path / "master.key")
    wrapped = made.wrap(b"data key", "key of item 1")

    loaded = load_key(tmp_path / "master.key")

    assert loaded.id == made.id
    assert loaded.unwrap(wrapped, "key of item 1") == b"data key"


def test_a_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    create_key(tmp_path / "master.key")

    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_key(path)
    before = path.read_bytes()

    with pytest.raises(KeyFileError, match=r"master\.key exists already"):
        create_key(path)
    assert path.read_bytes() == before


def test_a_key_cannot_be_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"cannot make the key file .*No such file"):
        create_key(tmp_path / "nowhere" / "master.key")


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"there is no key file .*master\.key"):
        load_key(tmp_path / "master.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_file_that_others_can_get_at_is_refused_with_its_mode(
    tmp_path: Path, mode: int
) -> None:
    create_key(tmp_path / "master.key")
    (tmp_path / "master.key").chmod(mode)

    with pytest.raises(KeyFileError, match=rf"mode {mode:04o}.*chmod 600 .*master\.key"):
        load_key(tmp_path / "master.key")


def test_a_key_file_that_its_owner_can_only_read_is_fine(tmp_path: Path) -> None:
    made = create_key(tmp_path / "master.key")
    (tmp_path / "master.key").chmod(0o400)

    assert load_key(tmp_path / "master.key").id == made.id


def test_a_folder_is_not_a_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"cannot read the key file .*Is a directory"):
        load_key(tmp_path)


def test_a_device_is_not_a_key_file() -> None:
    with pytest.raises(KeyFileError, match="/dev/zero is not a file"):
        load_key(Path("/dev/zero"))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def _line(secret: bytes, key_id: str) -> bytes:
    return f"lazaretto-master-key-1:{key_id}:".encode() + base64.b64encode(secret) + b"\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a key file"),
        (bytes(range(200, 232)), "is not a key file"),
        (b"lazaretto-master-key-1:abc:not base64!", "is not a key file"),
        (b"ssh-ed25519:abc:AAAA", "a key file of another kind"),
        (_line(b"short", "abc"), "has 5 bytes and not 32"),
        (_line(b"x" * 32, "abc"), "calls itself abc and is"),
    ],
)
def test_a_damaged_key_file_says_how(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(KeyFileError, match=said):
        load_key(_written(tmp_path / "master.key", content))


def test_what_the_public_half_seals_only_the_private_half_opens(tmp_path: Path) -> None:
    create_key_pair(tmp_path / "public", tmp_path / "private")
    public, private = load_key(tmp_path / "public"), load_key(tmp_path / "private")

    wrapped = public.wrap(b"data key", "key of item 1")

    assert private.unwrap(wrapped, "key of item 1") == b"data key"
    assert (public.can_read, private.can_read) == (False, True)
    assert public.id == private.id
    assert public.derive("tokens") == private.derive("tokens")
    with pytest.raises(SealedError, match="only with the private key"):
        public.unwrap(wrapped, "key of item 1")


def test_both_files_of_a_pair_are_for_their_owner_only(tmp_path: Path) -> None:
    create_key_pair(tmp_path / "public", tmp_path / "private")

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
