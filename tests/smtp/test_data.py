import pytest

from gateway.smtp.data import DataReader, DataRules, Fault

FALSE_ENDS = {
    "LF.LF": b"\n.\n",
    "CR.CR": b"\r.\r",
    "CR.LF": b"\r.\n",
    "LF.CR": b"\n.\r",
    "LF.CRLF": b"\n.\r\n",
    "CRLF.LF": b"\r\n.\n",
    "CR.CRLF": b"\r.\r\n",
    "CRLF.CR": b"\r\n.\r",
    "CRLF-NUL.CRLF": b"\r\n\0.\r\n",
    "CRLF.NUL-CRLF": b"\r\n.\0\r\n",
    "CRCRLF.CRCRLF": b"\r\r\n.\r\r\n",
}


class Reading:
    """One message, fed in one piece."""

    def __init__(self, wire: bytes, rules: DataRules = DataRules()) -> None:
        self.written: list[bytes] = []
        self.reader = DataReader(self.written.append, rules)
        self.has_ended = self.reader.feed(wire)

    @property
    def message(self) -> bytes:
        return b"".join(self.written)


def test_the_end_is_crlf_dot_crlf_and_what_follows_is_left_over() -> None:
    reading = Reading(b"a\r\n.\r\nMAIL")

    assert reading.has_ended
    assert reading.message == b"a\r\n"
    assert reading.reader.leftover == b"MAIL"


def test_a_message_may_be_empty() -> None:
    reading = Reading(b".\r\n")

    assert reading.has_ended
    assert reading.message == b""


def test_dot_stuffing_is_undone_at_the_beginning_of_every_line() -> None:
    reading = Reading(b"..a\r\n..\r\n.b\r\nc.\r\n.\r\n")

    assert reading.message == b".a\r\n.\r\nb\r\nc.\r\n"


@pytest.mark.parametrize("form", FALSE_ENDS.values(), ids=FALSE_ENDS)
@pytest.mark.parametrize("before", [b"", b"text"], ids=["at the start", "after text"])
def test_what_another_server_might_take_for_the_end_is_refused(form: bytes, before: bytes) -> None:
    reading = Reading(before + form + b"MAIL FROM:<evil@x.test>\r\n.\r\n")

    assert reading.has_ended
    assert reading.reader.fault is Fault.FALSE_END
    assert reading.reader.octet > len(before)


@pytest.mark.parametrize("form", [b".\n", b"\0.\r\n", b".\r", b".\0\r\n"])
def test_the_command_data_ended_in_crlf_so_a_dot_may_follow_at_once(form: bytes) -> None:
    reading = Reading(form + b"x\r\n.\r\n")

    assert reading.reader.fault is Fault.FALSE_END


def test_the_octet_of_a_false_end_is_the_line_end_that_closes_it() -> None:
    reading = Reading(b"ab\n.\r\ncd\r\n.\r\n")

    assert reading.reader.octet == 5


@pytest.mark.parametrize("honest", [b"a.\n", b"\n..\n", b"x\0.\0y\r\n", b".a\n", b"a\n.b\r\n"])
def test_a_dot_that_is_not_alone_ends_nothing(honest: bytes) -> None:
    reading = Reading(b"x" + honest + b"\r\n.\r\n")

    assert reading.has_ended
    assert reading.reader.fault is None


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (b"a\nb\n\r\n", b"a\r\nb\r\n\r\n"),
        (b"a\rb\r\n", b"a\r\nb\r\n"),
        (b"a\r\r\nb\r\r\n", b"a\r\nb\r\n"),
        (b"a\r\r\rb\r\n", b"a\r\n\r\n\r\nb\r\n"),
        (b"a\n\rb\r\n", b"a\r\n\r\nb\r\n"),
        (b"a\n..b\r\n", b"a\r\n.b\r\n"),
    ],
)
def test_bare_cr_and_lf_become_crlf(wire: bytes, message: bytes) -> None:
    reading = Reading(wire + b".\r\n")

    assert reading.reader.fault is None
    assert reading.message == message


@pytest.mark.parametrize(("wire", "octet"), [(b"ab\ncd\r\n", 3), (b"\rx\r\n", 1)])
def test_bare_cr_and_lf_are_refused_where_the_settings_say_so(wire: bytes, octet: int) -> None:
    reading = Reading(wire + b".\r\n", DataRules(refuse_bare_newlines=True))

    assert reading.reader.fault is Fault.BARE_NEWLINE
    assert reading.reader.octet == octet


@pytest.mark.parametrize(("octets", "fault"), [(65_536, None), (65_537, Fault.LONG_LINE)])
@pytest.mark.parametrize("before", [b"", b"x\r\n" * 50_000], ids=["first", "last"])
def test_lines_of_64_kib_pass_unchanged_and_longer_ones_do_not(
    octets: int, fault: Fault | None, before: bytes
) -> None:
    line = before + b"x" * octets + b"\r\n"
    reading = Reading(line + b".\r\n")

    assert reading.reader.fault is fault
    assert fault or reading.message == line


def test_a_message_of_just_the_greatest_size_passes() -> None:
    rules = DataRules(message_bytes=10)

    assert Reading(b"12345678\r\n.\r\n", rules).reader.fault is None
    assert Reading(b"123456789\r\n.\r\n", rules).reader.fault is Fault.TOO_BIG


@pytest.mark.parametrize("octets", [b"x", b"\r\n", b"\n", b"\r", b"\r\n..", b"\0"])
def test_an_endless_message_is_not_kept_and_ends(octets: bytes) -> None:
    written: list[bytes] = []
    reader = DataReader(written.append, DataRules(message_bytes=1000))
    feeds = 0
    while not reader.is_endless:
        feeds += 1
        assert not reader.feed(octets * 100)

    assert reader.fault
    assert feeds <= 25
    assert sum(map(len, written)) <= 1000


def test_a_false_end_is_found_in_a_message_that_is_too_big() -> None:
    reading = Reading(b"x" * 50 + b"\n.\n\r\n.\r\n", DataRules(message_bytes=10))

    assert reading.reader.fault is Fault.FALSE_END


@pytest.mark.slow
def test_a_hundred_thousand_single_octets_take_no_more_memory_than_one_piece() -> None:
    wire = b"\r" * 100_000 + b"\n.\n\r\n.\r\n"
    written: list[bytes] = []
    reader = DataReader(written.append, DataRules())
    ends = [reader.feed(wire[place : place + 1]) for place in range(len(wire))]

    assert ends.index(True) == len(wire) - 1
    assert reader.fault is Fault.FALSE_END
    assert reader.octet == 100_003
