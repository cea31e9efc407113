import pytest
import typer
from typer._click.core import Command

from gateway.cli.main import commands
from gateway.cli.manual import tree
from gateway.desk.roles import NEEDED, ONLY_HERE, OPTIONS, RefusedError, Role, check, role_of

GROUPS = {
    Role.VIEWER: ["ward"],
    Role.ANALYST: ["soc", "cert"],
    Role.ADMINISTRATOR: ["mailadmin"],
}
PREFIX = "lazaretto quarantine "


def known() -> dict[str, Command]:
    """Every command of the quarantine by the words behind it."""
    everything = tree(typer.main.get_command(commands))
    return {name.removeprefix(PREFIX): it for name, it in everything if name.startswith(PREFIX)}


def files(name: str) -> set[str | None]:
    """The parameters of a command that are files."""
    params = known()[name].params
    return {it.name for it in params if "pathlib.Path" in str(vars(it)["type_descriptor"])}


def test_every_command_has_a_role_or_a_reason_why_not() -> None:
    assert {*NEEDED, *ONLY_HERE} == {*known()}
    assert not {*NEEDED} & {*ONLY_HERE}


def test_whatever_takes_a_file_of_this_machine_is_only_for_who_is_there() -> None:
    for name in {*NEEDED} - {"export"}:  # which refuses it itself: see the tests of the service
        assert files(name) <= {"config"}, name
    assert files("export") == {"file", "config"}


def test_a_new_option_of_a_viewer_is_looked_at_by_a_person() -> None:
    options = {
        (name, option)
        for name, role in NEEDED.items()
        if role is Role.VIEWER and name != "list"
        for it in known()[name].params
        for option in (*it.opts, *it.secondary_opts)
        if option.startswith("-")
    }

    assert options - {*OPTIONS} == {
        ("show", "--reason"),
        ("show", "--json"),
        ("show", "--config"),
        ("stats", "--json"),
        ("stats", "--config"),
        ("allowances", "--json"),
        ("allowances", "--config"),
    }


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (["list", "--json"], Role.VIEWER),
        (["show", "1m85"], Role.VIEWER),
        (["show", "1m85", "--text"], Role.ANALYST),
        (["show", "--raw", "1m85"], Role.ANALYST),
        (["release", "1m85", "--reason", "x"], Role.ANALYST),
        (["keys", "rotate"], Role.ADMINISTRATOR),
        (["audit", "list", "--who", "bob"], Role.ADMINISTRATOR),
    ],
)
def test_a_command_runs_from_its_role_on(words: list[str], role: Role) -> None:
    for other in Role:
        if other >= role:
            assert check(words, other, GROUPS) == " ".join(words[: 1 + (words[0] in "keysaudit")])
            continue
        with pytest.raises(RefusedError, match=f"needs the role {role.word}: ask for the group"):
            check(words, other, GROUPS)


def test_the_refusal_names_the_groups_that_would_do() -> None:
    with pytest.raises(RefusedError) as refused:
        check(["delete", "1m85"], Role.VIEWER, GROUPS)

    assert str(refused.value) == (
        "delete needs the role analyst: ask for the group soc / cert / mailadmin"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["review"],
        ["backup", "/var/www"],
        ["restore", "/home/bob"],
        ["keys", "create", "/etc/x"],
        ["list", "--config", "/home/bob/mine.toml"],
        ["list", "--config=/home/bob/mine.toml"],
        ["nothing"],
        ["keys"],
        ["audit", "burn"],
        ["--help"],
        [""],
    ],
)
def test_files_of_this_machine_and_what_nobody_knows_are_for_no_role(words: list[str]) -> None:
    with pytest.raises(RefusedError):
        check(words, Role.ADMINISTRATOR, GROUPS)


def test_the_highest_of_several_roles_counts() -> None:
    assert role_of({"ward", "mailadmin", "users"}, GROUPS) is Role.ADMINISTRATOR
    assert role_of({"users"}, GROUPS) is None
    assert role_of({""}, {Role.VIEWER: []}) is None
