"""A labelled corpus of real files, where there is one: LAZARETTO_CORPUS names its folder."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(os.environ.get("LAZARETTO_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
_MANIFEST = CORPUS / "manifest.jsonl"

needs_corpus = pytest.mark.corpus
"""For tests that ``make test-corpus`` runs, and ``make test`` does not."""


def rows(label: str = "", *, every: int = 1, feature: str = "") -> Iterator[dict[str, Any]]:
    """Every so manieth row of the manifest, its ``path`` made whole."""
    if not _MANIFEST.is_file():
        pytest.skip("there is no corpus here")
    listed = map(json.loads, _MANIFEST.read_text("utf-8").splitlines())
    wanted = [
        row
        for row in listed
        if label in {"", row["label"]} and (not feature or feature in row["features"])
    ]
    for row in wanted[::every]:
        yield {**row, "path": CORPUS / row["path"]}
