from gateway.scan.formats.pdf.values import Parser, Reference, Value, spelled


def read(text: bytes) -> Value:
    return Parser(text, 0, 1000).value()


def test_every_kind_of_value_is_read() -> None:
    text = b"<< /A [1 -2.5 true null] /B (x\\(y\\)\\101(z)) /C <41 4> /D 7 0 R /E << /F /G#48 >> >>"

    assert read(text) == {
        "A": [1.0, -2.5, None, None],
        "B": b"x(y)A(z)",
        "C": b"A@",
        "D": Reference(7),
        "E": {"F": "GH"},
    }


def test_comments_and_blanks_mean_nothing() -> None:
    assert read(b"% a comment\r\n  /Name") == "Name"


def test_of_two_equal_keys_both_are_kept() -> None:
    assert read(b"<< /A 1 /A 2 >>") == {"A": 1.0, "A again": 2.0}


def test_what_is_cut_short_gives_what_was_there() -> None:
    assert read(b"<< /A 1 /B [2") == {"A": 1.0, "B": [2.0]}


def test_depth_is_bounded() -> None:
    assert read(b"[" * 10_000) is not None


def test_a_name_is_found_however_it_is_spelled() -> None:
    pattern = spelled("JS", "AA")

    assert all(pattern.search(text) for text in (b"/JS ", b"/#4aS(", b"/J#53/", b"/#41#41"))
    assert not any(pattern.search(text) for text in (b"/JSX ", b"JS", b"/J S"))
