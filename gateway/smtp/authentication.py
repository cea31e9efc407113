"""Which domains stand behind a message, as the mail server in front of us has checked (RFC 8601).

Rule 1. Only the topmost Authentication-Results of the one server that we trust counts. It removes
those that a sender made up in its name, or nobody is authenticated.
Rule 2. What a sender wrote can stand in comments and quoted strings: both are dropped first, and a
field in which they do not match says nothing.
Rule 3. A signature counts (DKIM), and the From that it covers (DMARC). SPF does not: whoever shares
a server with the sender passes it.
"""

import re

_FIELD = re.compile(rb"(?i)\r\nauthentication-results:((?:[^\r\n]|\r\n[ \t]){1,16384})")
_QUOTED = re.compile(r'"[^"\\]*"')
_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST = 8
_PASSED = re.compile(
    r"(?i)\s*(?:dkim=pass\b.*?\sheader\.d=|dmarc=pass\b.*?\sheader\.from=)([a-z0-9.-]{1,253})(?:\s|$)"
)


def authenticated_domains(header: bytes, authority: str) -> frozenset[str]:
    """The domains, in lower case, that ``authority`` found to stand behind this header.

    ``header`` has a CRLF on top, as `hops.header_of` gives it.
    """
    for field in _FIELD.finditer(header):
        text = _bare(field[1].decode("ascii", "replace"))
        server, _, results = text.partition(";")
        if not authority or server.split()[:1] != [authority.lower()]:
            continue
        found = (_PASSED.match(result) for result in results.split(";"))
        return frozenset(match[1].strip(".") for match in found if match)
    return frozenset()


def _bare(text: str) -> str:
    """Without comments and quoted strings, in lower case; "" if they do not match."""
    bare = _QUOTED.sub(" ", " ".join(text.split()))
    for _ in range(_DEEPEST):
        bare = _COMMENT.sub(" ", bare)
    return "" if set(bare) & set('()"\\') else bare.lower()
