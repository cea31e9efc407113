"""Milliseconds per file of each analyzer, by the kind of file.

On the folder that LAZARETTO_CORPUS names, every file of it with all that is inside; without one,
on a mix of mail that is made here. Processor time, so that other work counts for little.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from bench import mix
from gateway.model import Finding, Gap, Pack
from gateway.packs.load import builtin_folder, load_only
from gateway.scan.analyzers.yara import YaraAnalyzer
from gateway.scan.api import Analyzer, Artifact, Context
from gateway.scan.budget import Limits
from gateway.scan.builtin import ANALYZERS, EXTRACTORS
from gateway.scan.engine import Engine
from gateway.scan.libyara import compile_rules

_PROMISED = 50.0
"""Milliseconds at the median, for any analyzer on any kind."""
_FEWEST = 3
"""Files of a kind; fewer are no median."""
_SLOWEST = 12
"""Lines that are shown."""

Timings = dict[tuple[str, str], list[float]]


class _Timed:
    """An analyzer with a watch."""

    def __init__(self, analyzer: Analyzer, timings: Timings) -> None:
        self.kinds = analyzer.kinds
        self.broken = analyzer.broken
        self._analyzer = analyzer
        self._timings = timings

    def analyze(self, artifact: Artifact, context: Context) -> Iterator[Finding | Gap]:
        began = process_time()
        try:
            yield from list(self._analyzer.analyze(artifact, context))
        finally:
            key = (type(self._analyzer).__name__, artifact.kinds[0].value)
            self._timings[key].append((process_time() - began) * 1000)


def _files() -> Iterator[tuple[str, bytes]]:
    folder = os.environ.get("LAZARETTO_CORPUS")
    if folder is None:
        yield from ((f"{number}.eml", data) for number, data in enumerate(mix.messages(200)))
        return
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def main() -> None:
    """Print the slowest pairs of analyzer and kind, and whether any breaks the promise."""
    timings: Timings = defaultdict(list)
    rules = YaraAnalyzer(compile_rules(load_only([builtin_folder()]).packs))
    timed = tuple(_Timed(analyzer, timings) for analyzer in (*ANALYZERS, rules))
    engine = Engine(EXTRACTORS, timed, pack=Pack("bench", ""), limits=Limits())
    count = 0
    for name, data in _files():
        engine.scan(data, name)
        count += 1
    looks = sum(map(len, timings.values()))
    sys.stdout.write(f"{count} files, {looks} looks; median, 99 of 100, worst in ms\n")
    rows = [(sorted(taken), *key) for key, taken in timings.items() if len(taken) >= _FEWEST]
    rows.sort(key=lambda row: row[0][len(row[0]) // 2], reverse=True)
    for taken, analyzer, kind in rows[:_SLOWEST]:
        middle, late = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        sys.stdout.write(
            f"{analyzer:20} {kind:12} {len(taken):6}  {middle:8.2f} {late:8.1f} {taken[-1]:8.0f}\n"
        )
    slow = [row for row in rows if row[0][len(row[0]) // 2] > _PROMISED]
    sys.stdout.write(f"{len(slow)} of {len(rows)} pairs take more than {_PROMISED:g} ms\n")


if __name__ == "__main__":
    main()
