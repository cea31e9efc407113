"""A person reads the tree in a minute: the place, the worst first, nothing twice."""

from rich.console import Console

from gateway.cli.tree import explained
from gateway.model import Finding, Gap, Level, Lineage, Listed, Pack, Reason, Report
from gateway.scan.catalogue.explanation import ASK, NOT_RELEASE

ROOT = ("message",)


def report(*remarks: Finding | Gap, files: tuple[Lineage, ...] = ()) -> Report:
    listed = (Listed(lineage, lineage[-1], (), "data", "", 1, "0" * 64) for lineage in files)
    root = Listed(ROOT, "message", (), "message", "", 1, "0" * 64)
    return Report(
        tuple(remark for remark in remarks if isinstance(remark, Finding)),
        tuple(remark for remark in remarks if isinstance(remark, Gap)),
        (root, *listed),
        Pack("core", "1"),
    )


def finding(code: str, level: Level, *lineage: str, summary: str = "it was seen") -> Finding:
    return Finding(code, level, summary, "evidence", (*ROOT, *lineage))


def drawn(shown: Report, width: int = 80) -> list[str]:
    console = Console(width=width, no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(explained(shown))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_the_worst_stands_first_and_a_note_takes_one_line() -> None:
    lines = drawn(
        report(
            finding("macro.present", Level.NOTE),
            finding("macro.autoexec", Level.SUSPICIOUS),
            Gap(Reason.DAMAGED, "cut off", ROOT),
            finding("macro.dropper", Level.MALICIOUS),
        )
    )

    assert lines[1].startswith("├── malicious: it was seen  [macro.dropper]")
    assert lines[3].startswith("├── suspicious: it was seen  [macro.autoexec]")
    assert lines[5] == "├── not seen: damaged: cut off"
    assert lines[6] == "└── note: it was seen: evidence  [macro.present]"


def test_an_advice_is_given_once() -> None:
    lines = drawn(
        report(
            finding("program.attached", Level.SUSPICIOUS, "a.exe"),
            finding("program.attached", Level.SUSPICIOUS, "b.exe"),
            finding("lnk.inside", Level.SUSPICIOUS, "c.lnk"),
            files=((*ROOT, "a.exe"), (*ROOT, "b.exe"), (*ROOT, "c.lnk")),
        )
    )

    assert " ".join(lines).count(ASK) == 1


def test_what_is_malicious_decides_what_to_do() -> None:
    lines = drawn(
        report(
            finding("program.attached", Level.SUSPICIOUS),
            Gap(Reason.ENCRYPTED, "locked", ROOT),
            finding("office.package", Level.MALICIOUS),
        )
    )

    assert lines[-1] == f"→ What to do: {NOT_RELEASE}"


def test_a_gap_is_advised_upon_beside_what_is_suspicious() -> None:
    told = " ".join(
        drawn(
            report(finding("lnk.inside", Level.SUSPICIOUS), Gap(Reason.UNSUPPORTED, "rare", ROOT))
        )
    )

    assert f"{ASK} Ask the sender for another format." in told


def test_a_clean_report_asks_for_nothing() -> None:
    assert not any("What to do" in line for line in drawn(report()))


def test_parts_of_a_document_are_shown_where_something_was_seen() -> None:
    parts = tuple((*ROOT, "a.docx", f"part{number}.xml") for number in range(40))
    lines = drawn(
        report(
            finding("office.dde", Level.MALICIOUS, "a.docx", "part7.xml"),
            files=((*ROOT, "a.docx"), *parts),
        )
    )

    assert [line.strip("│├└─ ") for line in lines if "part" in line] == ["part7.xml  data, 1 B"]
    assert "└── files with nothing to remark: 39" in lines


def test_what_is_seen_many_times_in_a_file_is_one_remark() -> None:
    many = (
        Finding("zip.ambiguous", Level.SUSPICIOUS, "two sizes", f"part {number}", ROOT)
        for number in range(40)
    )
    gaps = (Gap(Reason.DAMAGED, detail, ROOT) for detail in ("wrong checksum", "cut off"))
    lines = drawn(report(*many, *gaps))

    assert "│   └── part 0; part 1; part 2; and 37 more" in lines
    assert "└── not seen: damaged: wrong checksum; cut off" in lines


def test_who_shall_not_release_need_not_ask() -> None:
    told = " ".join(
        drawn(
            report(
                finding("disguise.polyglot", Level.SUSPICIOUS),
                finding("lnk.inside", Level.SUSPICIOUS),
            )
        )
    )

    assert NOT_RELEASE in told
    assert ASK not in told


def test_the_rule_to_read_about_is_named() -> None:
    seen = Finding("yara.match", Level.SUSPICIOUS, "a letter", "", ROOT, rule="our_letter")

    assert "`lazaretto rules show our_letter` tells" in " ".join(drawn(report(seen), width=200))


def test_attachments_are_shown_even_where_nothing_was_seen() -> None:
    lines = drawn(report(files=((*ROOT, "a.pdf"), (*ROOT, "b.pdf"))))

    assert lines == ["message  message, 1 B", "├── a.pdf  data, 1 B", "└── b.pdf  data, 1 B"]


def test_a_report_without_a_file_is_drawn() -> None:
    lines = drawn(Report((), (Gap(Reason.LOST, "killed", ROOT),), (), Pack("core", "1")))

    assert any("not seen: lost: killed" in line for line in lines)
