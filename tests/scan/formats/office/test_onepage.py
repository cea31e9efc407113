import random

from gateway.scan.formats.office import onepage
from tests.support.containers import onenote_page


def test_names_and_texts_of_pages_are_read() -> None:
    data = bytes(40) + onenote_page(
        file="a.hta", source="C:\\x\\a.hta", picture="b.png", text="Bonjour"
    )
    pages = onepage.read(data)

    assert [*pages.files] == ["a.hta"]
    assert [*pages.sources] == ["C:\\x\\a.hta"]
    assert [*pages.pictures] == ["b.png"]
    assert [*pages.texts] == ["Bonjour"]


def test_a_name_in_any_script_is_read_as_it_is() -> None:
    data = bytes(40) + onenote_page(file="说明\u202efdp.hta")

    assert [*onepage.read(data).files] == ["说明\u202efdp.hta"]


def test_numbers_without_a_set_around_them_are_nothing() -> None:
    assert not onepage.read((0x1C001D9C).to_bytes(4, "little") * 5_000).files


def test_any_bytes_give_pages() -> None:
    chance = random.Random(1)
    good = bytes(40) + onenote_page(file="a.hta", source="C:\\a", text="Bonjour")
    for _ in range(500):
        data = bytearray(good)
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        onepage.read(bytes(data[: chance.randrange(len(data))]))
