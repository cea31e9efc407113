from gateway.scan.extractors.shortcut import ShortcutExtractor
from tests.support import files
from tests.support.extracting import opened
from tests.support.shortcuts import shortcut

EXTRACTOR = ShortcutExtractor()


def test_what_stands_behind_a_shortcut_is_handed_out() -> None:
    inside = opened(EXTRACTOR, shortcut(local_path="C:\\a.exe", tail=files.program()))

    assert inside.files == {"appended": files.program()}


def test_a_shortcut_and_zeros_behind_it_give_nothing() -> None:
    assert opened(EXTRACTOR, shortcut(arguments="x")).members == []
    assert opened(EXTRACTOR, shortcut(arguments="x", tail=bytes(40))).members == []
