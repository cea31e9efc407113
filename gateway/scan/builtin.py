"""Every extractor and analyzer that ships, in the order in which they run."""

from gateway.scan.api import Analyzer, Extractor

EXTRACTORS: tuple[Extractor, ...] = ()

ANALYZERS: tuple[Analyzer, ...] = ()
