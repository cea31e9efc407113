import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp.authentication import authenticated_domains

FRONT = "mx.hospital.example"


def header(*fields: str) -> bytes:
    return "".join(f"\r\n{field}" for field in (*fields, "From: x@lab.example")).encode() + b"\r\n"


def domains(*results: str) -> set[str]:
    return set(authenticated_domains(header(*results), FRONT))


_TWO_RESULTS = (
    "MX.Hospital.example;\r\n\tdkim=pass (2048-bit key)\r\n\t header.d=Lab.Example header.s=x; "
    "spf=pass smtp.mailfrom=other.example;\r\n\tdmarc=pass (p=reject) header.from=vendor.example"
)
_PASSED = "dkim=pass header.d=lab.example"


@pytest.mark.parametrize(
    ("results", "found"),
    [
        (f"{FRONT}; {_PASSED}", {"lab.example"}),
        (_TWO_RESULTS, {"lab.example", "vendor.example"}),
        (f"{FRONT} 1; dmarc=pass header.from=lab.example", {"lab.example"}),
        (f"{FRONT}; dkim=fail header.d=lab.example", set()),
        (f"{FRONT}; spf=pass smtp.mailfrom=lab.example", set()),
        (f"elsewhere.example; {_PASSED}", set()),
        (f"{FRONT}; none", set()),
        (f"{FRONT}; spf=fail (x; {_PASSED}) smtp.mailfrom=y", set()),
        (f'{FRONT}; spf=fail reason="; {_PASSED} ;"', set()),
        (f"{FRONT}; spf=fail (a) b); {_PASSED}", set()),
    ],
)
def test_only_what_the_front_server_checked_counts(results: str, found: set[str]) -> None:
    assert domains(f"Authentication-Results: {results}") == found
    assert domains(f"authentication-results:{results}") == found
    assert domains(f"X-Authentication-Results: {results}") == set()


def test_only_the_topmost_of_the_front_server_counts() -> None:
    real = f"Authentication-Results: {FRONT}; dkim=none"
    forged = f"Authentication-Results: {FRONT}; dkim=pass header.d=lab.example"

    assert domains("Received: x", real, forged) == set()


def test_without_an_authority_nobody_is_authenticated() -> None:
    forged = header("Authentication-Results: ; dkim=pass header.d=lab.example")

    assert authenticated_domains(forged, "") == set()


@given(st.binary(max_size=500))
def test_any_bytes_are_an_answer(octets: bytes) -> None:
    authenticated_domains(b"\r\nAuthentication-Results: " + octets + b"\r\n", FRONT)


def test_a_header_made_to_be_slow_is_not() -> None:
    began = time.process_time()
    for octet in (b"(", b")", b'"', b";dkim=pass ", b"\r\n "):
        authenticated_domains(b"\r\nAuthentication-Results: " + octet * 200_000, FRONT)

    assert time.process_time() - began < 5
