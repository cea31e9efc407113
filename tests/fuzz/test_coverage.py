"""Coverage-guided fuzzing of what reads octets from the wire, for LAZARETTO_FUZZ_SECONDS each."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris", reason="atheris has no wheel for this platform")
pytestmark = pytest.mark.fuzz

SECONDS = int(float(os.environ.get("LAZARETTO_FUZZ_SECONDS", "20")))
_WORDS = {
    "data": [r"\r\n.\r\n", r"\n.\n", r"\r.\r", r"\r\r\n", r"\x00.", "..", r"\r\n.\r"],
    "address": ["<", ">", '"', r"\\", "@", "[IPv6:", "]", ":", ",", "()", r"\xc3\xa9", r"\r\n"],
}
"""What random octets would take long to hit upon, in the spelling of libFuzzer's dictionaries."""


@pytest.mark.parametrize("target", sorted(_WORDS))
def test_no_octets_break_a_property(target: str, tmp_path: Path) -> None:
    words = "".join(f'"{escaped(word)}"\n' for word in _WORDS[target])
    (tmp_path / "words").write_text(words)
    command = [
        *(sys.executable, "-m", "tests.fuzz.coverage", target),
        *(f"-max_total_time={SECONDS}", "-max_len=200", "-timeout=10", "-rss_limit_mb=1024"),
        *(f"-dict={tmp_path / 'words'}", f"-artifact_prefix={tmp_path}/"),
    ]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS + 120, check=False
    )

    assert run.returncode == 0, run.stderr[-3000:]
    (count,) = re.findall(r"Done (\d+) runs", run.stderr)
    print(f"{target}: {count} runs")


def escaped(word: str) -> str:
    """libFuzzer knows ``\\xAB`` and no other escape but of the quote and the backslash."""
    for letter, code in (("\\r", "\\x0d"), ("\\n", "\\x0a"), ('"', '\\"')):
        word = word.replace(letter, code)
    return word
