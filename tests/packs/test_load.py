"""Packs are read from disk; what cannot be read is left out and said."""

from pathlib import Path

import pytest

from gateway.packs import load as load_module
from gateway.packs.load import NoBuiltinPackError, builtin_folder, load, load_only

RULE = "rule a { condition: true }"


def pack(folder: Path, manifest: str = 'name = "site"\nversion = "1"\n') -> Path:
    folder.mkdir()
    (folder / "pack.toml").write_text(manifest)
    (folder / "a.yar").write_text(RULE)
    return folder


def test_the_builtin_pack_comes_first_and_is_whole(tmp_path: Path) -> None:
    loaded = load([pack(tmp_path / "site")])

    assert [found.name for found in loaded.packs] == ["core", "site"]
    assert loaded.problems == ()


def test_a_broken_file_is_left_out_and_said(tmp_path: Path) -> None:
    folder = pack(tmp_path / "site")
    (folder / "b.yar").write_bytes(b"\xff\xfe")
    (folder / "c.yara").write_text('include "a.yar"')

    loaded = load_only([folder])

    assert [Path(file.name).name for file in loaded.packs[0].files] == ["a.yar"]
    assert [str(problem).removeprefix(f"{folder}/") for problem in loaded.problems] == [
        "b.yar: cannot be read: not UTF-8; save it as such",
        'c.yara:1: include "a.yar": put its rules into this file',
    ]


def test_a_folder_without_a_manifest_is_named_by_itself(tmp_path: Path) -> None:
    folder = pack(tmp_path / "signatures")
    (folder / "pack.toml").unlink()

    (first,) = load_only([folder]).packs
    (folder / "a.yar").write_text(RULE + " ")
    (second,) = load_only([folder]).packs

    assert first.name == "signatures"
    assert first.version != second.version


def test_a_bad_manifest_is_said_and_the_rules_are_used(tmp_path: Path) -> None:
    loaded = load_only([pack(tmp_path / "site", "name = ")])

    assert [found.name for found in loaded.packs] == ["site"]
    assert "not valid TOML" in str(loaded.problems[0])


def test_a_folder_without_rules_is_said(tmp_path: Path) -> None:
    loaded = load_only([tmp_path])

    assert loaded.packs == ()
    assert "no rule file here" in str(loaded.problems[0])


def test_single_files_are_a_pack_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yar").write_text(RULE)

    loaded = load((), [tmp_path / "mine.yar", tmp_path / "missing.yar"])

    assert [found.name for found in loaded.packs] == ["core", "extra"]
    assert "cannot be read: No such file" in str(loaded.problems[0])


def test_the_builtin_pack_is_where_a_checkout_or_a_wheel_has_it() -> None:
    assert (builtin_folder() / "pack.toml").is_file()


def test_nothing_starts_without_the_builtin_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(load_module, "_PACKAGE", tmp_path / "gateway" / "packs")

    with pytest.raises(NoBuiltinPackError, match="install lazaretto again"):
        load()


def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    folder = pack(tmp_path / "site")
    (folder / "pack.toml").write_bytes(b"\xff")

    loaded = load_only([folder])

    assert [found.name for found in loaded.packs] == ["site"]
    assert "pack.toml: cannot be read: not UTF-8" in str(loaded.problems[0])
