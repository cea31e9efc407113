import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarantine.item import Field
from quarantine.tokens import tokens, wanted

SECRET = b"a secret of thirty-two bytes here"
HELD = tokens(
    SECRET,
    {
        Field.SENDER: ("Labo.Dupont@Analyses.example",),
        Field.RECIPIENT: ("dr.martin@hopital.example", "dr.blanc@hopital.example"),
        Field.SUBJECT: ("Résultat d\u2019analyse n° 1840675",),
        Field.FILE: ("Compte_rendu-DUPONT.pdf", "facture.docm"),
        Field.HASH: ("ab" * 32,),
        Field.RULE: ("office_remote_template", "macro.dropper"),
    },
)


@pytest.mark.parametrize(
    ("field", "text", "is_found"),
    [
        (Field.SUBJECT, "resultat", True),
        (Field.SUBJECT, "RÉSULTAT analyse", True),
        (Field.SUBJECT, "re\u0301sultat", True),
        (Field.SUBJECT, "1840675", True),
        (Field.SUBJECT, "result", False),
        (Field.SUBJECT, "resultat sanguin", False),
        (Field.SUBJECT, "dupont", False),
        (Field.SENDER, "labo.dupont@analyses.example", True),
        (Field.SENDER, "@analyses.example", True),
        (Field.SENDER, "analyses.example", True),
        (Field.SENDER, "dupont", True),
        (Field.SENDER, "dupont@analyses.example", False),
        (Field.SENDER, "@hopital.example", False),
        (Field.RECIPIENT, "dr.blanc@hopital.example", True),
        (Field.FILE, "compte_rendu-dupont.pdf", True),
        (Field.FILE, "docm", True),
        (Field.FILE, "", False),
        (Field.HASH, "AB" * 32, True),
        (Field.HASH, "ab", False),
        (Field.RULE, "office_remote_template", True),
        (Field.RULE, "template", False),
        (Field.RULE, "macro.dropper", True),
    ],
)
def test_an_item_is_found_by_what_a_person_remembers(
    field: Field, text: str, *, is_found: bool
) -> None:
    assert (wanted(SECRET, [(field, text)]) <= HELD) is is_found


def test_all_of_several_terms_must_fit() -> None:
    assert wanted(SECRET, [(Field.SUBJECT, "resultat"), (Field.FILE, "facture")]) <= HELD
    assert not wanted(SECRET, [(Field.SUBJECT, "resultat"), (Field.FILE, "cv")]) <= HELD


def test_tokens_of_another_key_have_nothing_in_common() -> None:
    texts = {Field.SUBJECT: ("Résultat",)}

    assert not tokens(SECRET, texts) & tokens(b"another" * 5, texts)


@given(st.text())
def test_any_text_is_found_by_itself_or_is_nothing_to_look_for(text: str) -> None:
    for field in Field:
        held = tokens(SECRET, {field: (text,)})
        assert len(held) <= 400
        if held and text.strip():
            assert wanted(SECRET, [(field, text)]) <= held or len(held) == 400


def test_very_long_texts_have_bounded_tokens() -> None:
    many = [f"word{number}" for number in range(100_000)]

    assert len(tokens(SECRET, {Field.SUBJECT: (" ".join(many),), Field.FILE: many})) <= 400
