"""Run one benchmark or all of them, one after the other."""

import os
import sys
from collections.abc import Callable, Mapping

from bench import analyzers, beside, data_reader, mime, relay, whole, workers

BENCHES: Mapping[str, Callable[[], None]] = {
    "data_reader": data_reader.main,
    "mime": mime.main,
    "analyzers": analyzers.main,
    "relay": relay.main,
    "beside": beside.main,
    "workers": workers.main,
    "whole": whole.main,
}


def main() -> None:
    """Print the conditions, then each benchmark's own lines."""
    chosen = sys.argv[1:] or list(BENCHES)
    if unknown := set(chosen) - set(BENCHES):
        sys.exit(f"unknown: {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}, Python {sys.version.split()[0]}")
    for name in chosen:
        print(f"\n{name}: {(sys.modules[BENCHES[name].__module__].__doc__ or '').splitlines()[0]}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
