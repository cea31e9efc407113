import pytest

from gateway.smtp.address import Address, Flaw, Malformed, Path, parse_recipient, parse_sender


def sender(text: str) -> Address | Malformed:
    found = parse_sender(text.encode())
    return found.address if isinstance(found, Path) else found


@pytest.mark.parametrize(
    ("local", "domain"),
    [
        ("a", "b.test"),
        ("first.last+tag", "sub.example.org"),
        ("!#$%&'*+/=?^_`{|}~-", "x"),
        ('"a b"', "x.test"),
        ('"a\\"b <evil@z>"', "y.test"),
        ('"@"', "x.test"),
        ("a", "[192.0.2.1]"),
        ("a", "[IPv6:2001:db8::1]"),
        ("scanner", "RADIO_3.local"),
        ("élève", "école.test"),
        ("MiXed", "CaSe.Test"),
    ],
)
def test_a_mailbox_is_kept_as_it_was_written(local: str, domain: str) -> None:
    assert sender(f"<{local}@{domain}>") == Address(local, domain)
    assert str(Address(local, domain)) == f"{local}@{domain}"


@pytest.mark.parametrize(
    "text",
    [
        "<a>", "<a@>", "<@b>x", "<a@b@c>", "<.a@b>", "<a.@b>", "<a..b@c>", "<a@.b>", "<a@b.>",
        "<a@b..c>", "<a@-b>", "<a@b->", "<a b@c>", "<a@b c>", '<"a@b>', '<a"b"@c>', '<"a"b@c>',
        "<a@[300.1]>", "<a@[IPv6:xyz]>", "<(c)a@b>", "<a@b(c)>", "<<a@b>>", "a@b", "< a@b>",
        "<a,b@c>", "<a;b@c>", "<a:b@c>", "<a\\b@c>", '<""a@b>', "", "<",
    ],
)  # fmt: skip
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    found = sender(text)

    assert isinstance(found, Malformed)


def test_the_null_sender_is_an_empty_address() -> None:
    assert sender("<>") == Address("", "")
    assert str(Address("", "")) == ""


def test_nobody_sends_to_the_null_address() -> None:
    assert isinstance(parse_recipient(b"<>"), Malformed)


def test_only_a_recipient_may_be_postmaster_without_a_domain() -> None:
    assert parse_recipient(b"<PostMaster>") == Path(Address("PostMaster", ""), "")
    assert isinstance(parse_sender(b"<postmaster>"), Malformed)


def test_parameters_are_what_follows_the_path() -> None:
    assert parse_sender(b'<"> SIZE=1"@b>  SIZE=2 X ') == Path(
        Address('"> SIZE=1"', "b"), "SIZE=2 X"
    )


@pytest.mark.parametrize(
    ("path", "octet"), [(b"<\ra@b>", 1), (b"<a\0@b>", 2), (b"<a@b\t>", 4), (b"<\xc3\xa9\x7f@b>", 3),
                        (b"<a\xc2\x85@b>", 2), (b"<a\xe2\x80\xa8@b>", 2), (b'<"\r"@b>', 2)]
)  # fmt: skip
def test_a_control_character_is_named_by_its_octet(path: bytes, octet: int) -> None:
    expected = f"control character in address at octet {octet}"

    assert parse_sender(path) == Malformed(Flaw.SYNTAX, expected)


def test_latin_1_is_not_utf_8() -> None:
    found = parse_sender(b"<\xe9l\xe8ve@b.test>")

    assert isinstance(found, Malformed)
    assert found.flaw is Flaw.NOT_UTF8


def test_a_source_route_is_a_flaw_of_its_own() -> None:
    found = sender("<@a.test,@b.test:u@c.test>")

    assert isinstance(found, Malformed)
    assert found.flaw is Flaw.SOURCE_ROUTE


def test_a_recipient_has_at_most_64_octets_before_the_at() -> None:
    assert isinstance(parse_recipient(b"<%s@b>" % (b"a" * 64)), Path)
    assert isinstance(parse_recipient(b"<%s@b>" % (b"a" * 65)), Malformed)
    assert isinstance(parse_recipient("<{}@b>".format("é" * 33).encode()), Malformed)


def test_a_bounce_address_may_be_longer_than_64_octets() -> None:
    assert isinstance(parse_sender(b"<%s@b>" % (b"a" * 200)), Path)
    assert isinstance(parse_sender(b"<%s@b>" % (b"a" * 256)), Malformed)


def test_a_domain_has_at_most_255_octets() -> None:
    assert isinstance(parse_sender(b"<a@%s>" % (b"b" * 255)), Path)
    assert isinstance(parse_sender(b"<a@%s>" % (b"b" * 256)), Malformed)
