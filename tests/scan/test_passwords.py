import pytest

from gateway.model import Level
from gateway.scan.kinds import Kind
from gateway.scan.passwords import Cost, Password, Passwords, opened_note


def tried(passwords: Passwords, cost: Cost, *, most: int = 1000) -> list[str]:
    seen: list[str] = []
    assert passwords.find(lambda text: bool(seen.append(text)), cost, most=most) is None
    return seen


def heard(*texts: bytes, site: tuple[str, ...] = ()) -> Passwords:
    passwords = Passwords(site)
    for text in texts:
        passwords.hear(text, ("scan.zip",), (Kind.TEXT,))
    return passwords


def test_no_more_are_tried_than_their_cost_allows() -> None:
    passwords = heard(b"Code : A1\n" * 5 + b" ".join(b"word%d" % n for n in range(900)))

    assert len(tried(passwords, Cost.DEAR)) == Cost.DEAR
    assert len(tried(passwords, Cost.FAIR)) == Cost.FAIR
    assert len(tried(passwords, Cost.CHEAP)) <= Cost.CHEAP
    assert len(tried(passwords, Cost.CHEAP, most=3)) == 3


def test_words_of_the_message_go_before_those_of_the_site_and_these_before_usual_ones() -> None:
    seen = tried(heard(b"Mot de passe : Xy7!q", site=("Maison-1",)), Cost.DEAR)

    assert seen.index("Xy7!q") < seen.index("Maison-1") < seen.index("infected")


def test_what_opened_one_file_is_tried_first_on_the_next() -> None:
    passwords = heard(b"Mot de passe : Xy7!q")
    found = passwords.find(lambda text: text == "infected", Cost.CHEAP)

    assert found == Password("infected", "a usual one")
    assert tried(passwords, Cost.DEAR)[0] == "infected"


@pytest.mark.parametrize(("cost", "most"), [(Cost.DEAR, 60), (Cost.FAIR, 1200)])
def test_all_files_of_a_message_together_have_no_more_tries_than_that(
    cost: Cost, most: int
) -> None:
    passwords = heard(b"")

    assert sum(len(tried(passwords, cost)) for _ in range(40)) == most


def test_the_subject_of_a_mail_and_the_names_of_files_are_tried() -> None:
    passwords = Passwords()
    passwords.hear(b"Subject: =?utf-8?q?r=C3=A9sultats?= (Xy7!q)\r\n\r\nx", (), (Kind.MESSAGE,))
    passwords.hear(b"", ("dupont-1961.zip",), (Kind.ZIP,))
    seen = tried(passwords, Cost.CHEAP)

    assert {"Xy7!q", "dupont-1961", "1961"} <= set(seen)


def test_the_note_shows_the_password_unless_it_is_the_sites_own() -> None:
    shown = opened_note(Password("Xy7!q", "from the message"), "ZIP", ("m", "a.zip"))
    hidden = opened_note(Password("Maison-1", "from the settings"), "ZIP", ("m", "a.zip"))

    assert (shown.level, shown.evidence) == (Level.NOTE, "ZIP: 'Xy7!q', from the message")
    assert hidden.evidence == "ZIP: from the settings"
