from gateway.scan.extractors.activemime import ActiveMimeExtractor
from gateway.scan.identity import identify
from tests.support import files
from tests.support.containers import activemime
from tests.support.extracting import opened

EXTRACTOR = ActiveMimeExtractor()


def test_the_compound_file_inside_is_unpacked() -> None:
    macros = files.compound({"VBA": b"x"})

    assert identify(activemime(macros), "") == ("activemime",)
    assert opened(EXTRACTOR, activemime(macros)).files == {"editdata.bin": macros}


def test_content_at_another_place_is_found() -> None:
    data = activemime(files.TEXT)

    assert opened(EXTRACTOR, data[:20] + bytes(40) + data[20:]).contents == [files.TEXT]


def test_nothing_inside_and_a_cut_end_are_damage() -> None:
    assert opened(EXTRACTOR, b"ActiveMime" + bytes(300)).errors != []
    assert opened(EXTRACTOR, activemime(files.TEXT)[:-20]).errors != []
