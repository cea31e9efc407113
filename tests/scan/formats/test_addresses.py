"""Where addresses in documents lead, in all the ways in which Office writes them."""

import pytest

from gateway.scan.formats import addresses


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/a.dotm",
        "HTTPS:\\\\192.0.2.1\\a",
        "mhtml:http://192.0.2.1/a!x",
        "ftp://192.0.2.1/a",
        "%68ttp://192.0.2.1/a",
        " http://192.0.2.1/a",
        "\\\\srv\\modeles\\a.dotx",
        "//srv/modeles/a.dotx",
        "file:///\\\\srv\\modeles\\a.dotx",
        "file://srv/modeles/a.dotx",
        "file:////srv/modeles/a.dotx",
        "file:///%5C%5Csrv%5Cmodeles",
        "\\\\192.0.2.1@80\\a\\b",
    ],
)
def test_another_machine_is_another_machine(address: str) -> None:
    assert addresses.is_remote(address)


@pytest.mark.parametrize(
    "address",
    [
        "Normal.dotm",
        "../media/image1.png",
        "C:\\Users\\a\\Normal.dotm",
        "file:///C:\\Users\\a\\Normal.dotm",
        "file:///C:/Users/a.dotm",
        "file:/C|/a/b",
        "file:///home/a/modele.ott",
        "file://localhost/C:/a",
        "\\\\?\\C:\\a\\b",
        "/a/b",
        "mailto:a@chu.example",
        "javascript:void(0)",
        "mk:@MSITStore:C:\\aide.chm::/a.htm",
        "ms-word:ofe|u|https://chu.example/a.docx",
        "NULL",
        "",
    ],
)
def test_this_disk_is_no_other_machine(address: str) -> None:
    assert not addresses.is_remote(address)
    assert not addresses.runs_tool(address)


def test_a_share_is_known_by_its_machine() -> None:
    assert addresses.share_host("\\\\srv.chu.example\\a\\b") == "srv.chu.example"
    assert addresses.share_host("https://srv.chu.example/a") == ""


@pytest.mark.parametrize(
    "address", ["ms-msdt:/id x", "MS-MSDT:-id", "search-ms:query=x", "shell:startup"]
)
def test_a_tool_of_windows_is_known(address: str) -> None:
    assert addresses.runs_tool(address)


def test_an_address_is_shown_so_that_nobody_clicks_it() -> None:
    assert addresses.defanged("https://chu.example/a") == "hxxps://chu[.]example/a"
