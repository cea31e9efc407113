import pytest

from gateway.model import Level
from gateway.scan.links import Link, links_finding


@pytest.mark.parametrize(
    "link",
    [
        Link("lib/libz.so", "libz.so.1"),
        Link("lib/a/b", "../../bin/b"),
        Link("./lib/../b", "x/../y"),
        Link("device"),
        Link("a/b", "c/d", is_hard=True),
    ],
)
def test_a_link_that_stays_inside_is_a_note(link: Link) -> None:
    assert not link.leads_out
    assert links_finding([link], ("m",)).level is Level.NOTE


@pytest.mark.parametrize(
    "link",
    [
        Link("link", "/etc/passwd"),
        Link("link", "C:\\Users\\Public"),
        Link("link", "\\\\server\\share"),
        Link("link", "../up"),
        Link("a/b/link", "../../../up"),
        Link("a/link", "x/../../../up"),
        Link("a/b/link", "../up", is_hard=True),
    ],
)
def test_a_link_that_leads_out_is_suspicious_and_quoted(link: Link) -> None:
    finding = links_finding([Link("honest", "beside"), link], ("m",))

    assert finding.level is Level.SUSPICIOUS
    assert finding.evidence.startswith(f"2, such as {link.name} -> ")
