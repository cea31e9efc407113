from gateway.model import Action, Class, Envelope, Level


def test_words_are_what_settings_and_json_spell() -> None:
    assert [action.word for action in sorted(Action)] == [
        "deliver",
        "tag",
        "withhold",
        "defer",
        "quarantine",
        "reject",
    ]
    assert max(Class).word == "malicious"
    assert min(Level).word == "note"


def test_the_null_sender_has_no_domain() -> None:
    assert Envelope("", ()).sender_domain == ""
    assert Envelope("a@B.Example", ()).sender_domain == "b.example"
