"""Words of the source that nobody is told in their language, and why not."""

from gateway.cli.demo import _SETTINGS
from gateway.failpoints import POINTS
from tests.support.sayings import shape

_LISTS = "what is in lists, patterns and files of others"
_EVIDENCE = "evidence: quoted as it was found, and as the log and the JSON have it"

WHY: dict[str, set[str]] = {
    "moments for tests": {*POINTS},
    "styles of a terminal, of a page and of a screen": {
        *("bold red", "bold green", "bold yellow", "[bold red]{}[/]"),
        "[{}]{}[/]  {}  [dim]{}, {} ms[/]",
        *(".SH NAME", ".SH SYNOPSIS", ".SH COMMANDS", ".SS {}", '.TH LAZARETTO 1 "" "{}"'),
    },
    "orders to the index": {
        "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'",
        "SELECT version_num FROM alembic_version",
        (
            "SELECT changes.*, items.key_id FROM changes JOIN items ON items.id = changes.item "
            "ORDER BY number"
        ),
        *("PRAGMA integrity_check", "PRAGMA journal_mode = WAL", "PRAGMA {}", "VACUUM INTO ?"),
        *("PRAGMA wal_checkpoint(TRUNCATE)", "BEGIN IMMEDIATE"),
    },
    "command lines, and names that are typed": {
        "import sys; sys.argv[0] = 'lazaretto'; from gateway.cli.main import main; main()",
        *("keys create", "keys show", "keys rotate", "audit list", "audit head", "audit verify"),
        *("lazaretto {}", "lazaretto: {}", "lazaretto quarantine {} --config {}"),
        *("show ID", "release ID --reason '{}'", "export ID {}"),
        *("  lazaretto scan {}...", "  less {}/events.jsonl"),
        "  swaks --server {} --to {} --attach {}",
        *("{} --reason TEXT", "delete {} --reason TEXT", "show {} --text"),
        "list --sender {}",
        "{} lazaretto quarantine {}",
        *("int range", "Value error, ", "{} UTC, {}", "{}, HELO {}", "{} min", "{} ms"),
    },
    "the audit, which is evidence": {
        "no. {}: {} in {} from {} until {}: {}",
        *("older than {} d", "shown raw", "exported to {}", "review: {}", "{}: {} messages"),
        *("to {}", "not to {}: {}", "to show how it is done", "{} keys are under {} now"),
        "the release was cut off before the message was sent",
        "the file is removed, and the only key to it is destroyed",
        "{} items are found by their words from now on",
    },
    "the log": {"alarm mail"},
    "what only developers meet": {
        "a lockbox in memory cannot be copied to {}",
        "{} bytes do not fit into a small compound file",
        "no table of system calls for {}",
        *("for {}", "lazaretto {} 1", "public key id", "{} of item {}"),
        *("innermost first", "last counts"),
        "Name | Reference | bytes | float | list[Value] | dict[str, Value] | None",
        "dict[int, Object]",
    },
    "a header of mail, and a file of settings": {
        "\r\nX-Lazaretto-Withheld: {}; ",
        shape(_SETTINGS),
    },
    "the text of a notice, in its own language": {
        *("the IT service desk", "le service informatique"),
    },
    "keys of a window that does not show them": {"Go on", "Leave it"},
    _LISTS: {
        *(
            "consider using",
            "slow down",
            "undefined identifier",
            "Unsupported method",
            "stream: OK",
            "size limit exceeded",
        ),
        *("Current User", "PowerPoint Document", "Root Entry", "equation native"),
        *("powerpoint document", "behind the end", "decoded script", "{} part {}", "mail {}"),
        *("file {}", "file {}.{}", "form {}", "script {}", "attachment {}", "object {}"),
        (
            "passwor[dt]|mot de passe|kennwort|authenti|\\b(?:mfa|2fa)\\b|sign[ -]?in|\\blog[ -]?in"
            "|connexion|anmeld"
        ),
        "jpg jpeg png gif bmp tif tiff webp svg heic ico",
        "pdf doc docx docm dot odt rtf xls xlsx xlsm ods csv txt ppt pptx htm html xml",
        "zip 7z rar tar gz tgz bz2 xz iso img cab arj",
        "exe com scr bat cmd pif js jse vbs vbe wsf hta lnk msi jar ps1 cpl",
        "txt text log csv tsv xml html htm xhtml mht md json eml tex hpr hl7",
        "deb rpm ipa",
        *("shared text", "shared formula", "behind the message", "document {}"),
    },
    _EVIDENCE: {
        *(", and {} more", "; and {} more", "; addresses: {}", "/{} is {}", "{}, such as {}"),
        *(", begins with {}", "{}, begins with {}", "it begins with {}", "base64 of {}"),
        *("stated as {}, {} letters", "{}: stated as {}", "{} bytes, stated as {}"),
        *("{} bytes behind the last element: {}", "{} bytes of an element that is longer"),
        *("{}: the content is {}", "no name", "the content is {}", "{}: refers to {}"),
        *("saved as {}; ", "{}; posts to {}", "posts to {}", "refresh to {}"),
        *(", clicked by a script", "sent by a script: {}", "{}, on a page with text"),
        *("a wall of codes: {}", "decoded: {}", "no target", "with the icon of {}"),
        *("leads to {}", "blanks hide {}", "{} bytes behind the end: {}"),
        *("{} characters of arguments", "{}: {} compiled lines, {} lines of source"),
        *("{} line {}: {}", "OBX in line {}", "object {}: {}", "{} bytes before the header: {}"),
        *("the document", ", inside a disk image", "page {}", "{} bytes", "at byte {}: {}"),
        "{} tokens of another kind among its digits, the first is {}",
        *("written into an entity: {}", "very hidden", "macro sheet {}, {}", "starts by {}"),
        *("compressed content", "signed content", "Office document", "OpenDocument file"),
        *("it holds a command: {}", "it does not begin as an equation does: {}"),
        *("the name of a font is {} bytes long: {}", "{} again", "{} with {}", "clamd: {}"),
        *("a program for {}", "{} for Windows ({})", "carries packed scripts", "unknown machine"),
        *("a program for DOS", "a program for Java", "a package for Windows Installer"),
        *("signed, which was not checked", "made as {}", "packed by {}"),
        *("{} bytes behind its end", "a program with a damaged header"),
        *("two names", "two sizes", "two methods", "encrypted or not"),
        *("no directory names it", "two entries of this name"),
        *("from the settings", "assumed by Office", "a usual one", "from the message"),
        *("no empty line after the header", "a line of blanks in the header"),
        *("a misspelt field name", "a line in the header that is no field"),
        "a line that goes on with a field and is not indented",
        *("{} at byte {}", "an octet of value zero (NUL)", "a multipart that is never closed"),
        "{} ({}, until {})",
        *("1 picture on its pages", "{} pictures on its pages", "a file without a name"),
        *("the page says: {}", "{} ({}, {} bytes)", "it asks the machine: {}"),
        "there is more of it than is looked at",
        *("{} bytes behind the last element, which begin {}", "{} is {}", ", and begins {}"),
        *(
            "leads to {}, hidden in base64",
            "{}, out of {}",
            "{}; out of {}",
            "by its name; it is {}",
        ),
        *("blanks push this out of sight: {}", "{} bytes at byte {}: {}", "{} characters of {}"),
        *("it is {} too, and ", "{}begins with {}", "a template for Word: {}"),
        *("base64, which begin {}", "stated as {}, it", "it is too large"),
        "it is in a rare format, or damaged",
    },
}

UNSAID = {shape(text) for texts in WHY.values() for text in texts}
