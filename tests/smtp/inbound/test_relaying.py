import pytest

from gateway.smtp.inbound.relaying import Networks, Relaying


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_with_nothing_set_loopback_may_send_anywhere(client: str) -> None:
    assert Relaying((), ()).permits(client, "anywhere.test")


@pytest.mark.parametrize("client", ["192.0.2.1", "2001:db8::1", "", "nonsense", "::ffff:192.0.2.1"])
def test_with_nothing_set_nobody_else_may(client: str) -> None:
    assert not Relaying((), ()).permits(client, "anywhere.test")


def test_everybody_may_send_to_our_domains_and_no_further() -> None:
    relaying = Relaying(("Example.org",), ())

    assert relaying.permits("192.0.2.1", "eXample.org")
    assert not relaying.permits("192.0.2.1", "sub.example.org")
    assert not relaying.permits("127.0.0.1", "example.com")


def test_our_clients_may_send_anywhere() -> None:
    relaying = Relaying(("example.org",), ("192.0.2.0/24", "2001:db8::/32"))

    assert relaying.permits("192.0.2.7", "example.com")
    assert relaying.permits("2001:db8::7", "example.com")
    assert not relaying.permits("198.51.100.1", "example.com")


def test_our_postmaster_hears_everybody() -> None:
    assert Relaying(("example.org",), ()).permits("192.0.2.1", "")


def test_a_scope_is_no_part_of_an_address() -> None:
    assert "fe80::1%eth0" in Networks(["fe80::/10"])
