import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.scan.formats.passwordwords import WORDS, plain, suggestions


def likeliest(text: str, *, count: int = 3) -> list[str]:
    ranked: dict[str, int] = {}
    for rank, word in suggestions(text):
        ranked[word] = min(rank, ranked.get(word, rank))
    return sorted(ranked, key=ranked.__getitem__)[:count]


@pytest.mark.parametrize(
    "text",
    [
        "Veuillez trouver le dossier.\nLe mot de passe est : Xy7!q\nCordialement",
        "Mot de passe du fichier :\n\nXy7!q\n",
        "mdp=Xy7!q",
        "Le code d'ouverture « Xy7!q » vous sera utile",
        "Please find the file. The password for the archive is Xy7!q.",
        "Use Xy7!q as the password",
        "PASSWORD -> Xy7!q",
        "Das Passwort lautet: Xy7!q",
        "Kennwort: Xy7!q",
        "La contraseña es Xy7!q, gracias",
        "Contrasena: Xy7!q",
        "La clave es: Xy7!q",
        "La password è: Xy7!q",
        "Het wachtwoord is Xy7!q",
        "Senha: Xy7!q",
        "Archive (pw: Xy7!q)",
    ],
)
def test_the_password_is_among_the_first_words_that_are_tried(text: str) -> None:
    assert "Xy7!q" in likeliest(text)


def test_a_password_of_several_words_is_found_behind_its_colon_and_in_quotes() -> None:
    assert "le chat dort" in likeliest("Mot de passe : le chat dort")
    assert "le chat dort" in likeliest('The password is "le chat dort" as ever')


def test_a_plain_word_is_taken_only_where_a_password_is_spoken_of() -> None:
    assert "Bonjour" not in likeliest("Bonjour\nMadame Durand", count=99)
    assert "dossier" in likeliest("Le mot de passe est dossier", count=9)


def test_a_password_far_down_a_long_text_comes_before_all_other_words() -> None:
    text = "Page 1 of A4 B5 C6\n" * 2000 + "mot de passe : Xy7!q\n"

    assert next(word for _, word in suggestions(text)) == "Xy7!q"


def test_tags_that_cut_a_word_in_two_are_not_seen() -> None:
    page = b"<p>Bonjour</p>Mot de passe&nbsp;:<b><span>Xy</span><span>7!q</span></b><br>Salut"

    assert "Xy7!q" in likeliest(plain(page, is_html=True))


def test_text_in_utf_16_and_in_an_old_code_page_is_read() -> None:
    assert "Xy7!q" in likeliest(plain("Mot de passe : Xy7!q".encode("utf-16"), is_html=False))
    assert "Xy7!é" in likeliest(plain("Mot de passe : Xy7!é".encode("cp1252"), is_html=False))


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_give_words_that_are_neither_empty_nor_long(data: bytes) -> None:
    for text in (plain(data, is_html=True), plain(data, is_html=False)):
        for rank, word in suggestions(text):
            assert 0 <= rank <= WORDS
            assert 0 < len(word) <= 64


@pytest.mark.parametrize("piece", ["<", "mot de passe ", "(", "pass : ", "' ", "&#"])
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    short = sum(1 for _ in suggestions(plain(piece.encode() * 1000, is_html=True)))
    long = sum(1 for _ in suggestions(plain(piece.encode() * 4000, is_html=True)))

    assert long <= 4 * short + 10
