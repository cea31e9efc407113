"""Any octets at all: an address, or a reason that can stand in a reply."""

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.smtp.address import Address, Malformed, Path, parse_recipient, parse_sender

NEARLY = st.lists(
    st.sampled_from(
        ["<", ">", "@", '"', "\\", ".", "a", "b.test", " ", "é", "\r", "\0", "[", "]", ":", "-"]
    ),
    max_size=16,
).map(lambda parts: "".join(parts).encode())


@given(argument=NEARLY.map(lambda octets: b"<" + octets + b"@b>") | NEARLY | st.binary(max_size=40))
@example(argument=b'<"\\' * 500)
@example(argument=b"<a@" + b"b-" * 1000)
def test_any_octets_give_an_address_or_a_reason(argument: bytes) -> None:
    read(argument)


def read(argument: bytes) -> None:
    for parse in (parse_sender, parse_recipient):
        found = parse(argument)
        if isinstance(found, Malformed):
            assert found.what.isascii()
            assert found.what.isprintable()
            continue
        text = str(found.address)
        assert argument.startswith(f"<{text}>".encode())
        assert not any(character < " " or character == "\x7f" for character in text)


@given(argument=NEARLY)
def test_an_address_reads_back_as_itself(argument: bytes) -> None:
    found = parse_sender(argument)
    if isinstance(found, Path):
        again = parse_sender(f"<{found.address}>".encode())

        assert again == Path(Address(found.address.local, found.address.domain), "")
