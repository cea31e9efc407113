"""The wheel is whole: what is not code travels inside it, and it runs without a checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from gateway.demo import samples

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def test_rules_templates_and_migrations_are_inside(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())

    assert {
        "gateway/packs/core/pack.toml",
        "gateway/packs/core/test_strings.yar",
        "gateway/notices/templates/held.fr.txt.j2",
        "gateway/notices/templates/held.en.txt.j2",
        "quarantine/migrations/env.py",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_the_command_is_called_lazaretto(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        (entry,) = [name for name in opened.namelist() if name.endswith("entry_points.txt")]
        assert "lazaretto = gateway.cli.main:main" in opened.read(entry).decode()


def test_an_installed_gateway_scans_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", installed]
    subprocess.run([*pip, wheel], check=True, capture_output=True, timeout=120)
    (empty / "x.zip").write_bytes(samples.zip_of({"x.txt": samples.eicar()}))
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def python(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=empty, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    where = python("-c", "import gateway; print(gateway.__file__)")
    done = python("-m", "gateway.cli", "scan", "--json", "x.zip")

    assert where.stdout.startswith(str(installed))
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["reasons"] == ["test_eicar"]
    assert sorted(path.name for path in empty.iterdir()) == ["x.zip"]
