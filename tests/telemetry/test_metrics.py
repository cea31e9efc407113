import inspect

from gateway.smtp import replies
from gateway.smtp.replies import Reply
from gateway.telemetry.metrics import CAUSES, Metrics


def every_reply() -> list[Reply]:
    constants = [value for value in vars(replies).values() if isinstance(value, Reply)]
    made = [
        function(**dict.fromkeys(inspect.signature(function).parameters, "1"))
        for name, function in inspect.getmembers(replies, inspect.isfunction)
        if function.__module__ == replies.__name__ and name not in {"field", "dataclass"}
    ]
    return constants + [reply for reply in made if isinstance(reply, Reply)]


def test_every_refusal_is_counted_under_a_cause_that_is_known_from_the_start() -> None:
    causes = {reply.cause for reply in every_reply() if reply.cause}

    assert len(causes) > 20
    assert causes <= set(CAUSES)


def test_a_limit_that_was_never_reached_is_shown_as_zero() -> None:
    told = Metrics().registry.get_sample_value("lazaretto_refused_total", {"cause": "recipients"})

    assert told == 0.0
