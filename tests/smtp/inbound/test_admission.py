import resource

from gateway.smtp import replies
from gateway.smtp.inbound import SessionLimits
from gateway.smtp.inbound.admission import Admission


def test_one_client_cannot_take_all_places() -> None:
    admission = Admission(SessionLimits(connections_per_client=2))
    answers = [admission.enter("192.0.2.1") for _ in range(3)]

    assert answers == [None, None, replies.TOO_MANY_FROM_CLIENT]
    assert admission.enter("192.0.2.2") is None


def test_all_clients_together_have_their_limit_and_places_become_free() -> None:
    admission = Admission(SessionLimits(connections=2))
    answers = [admission.enter(client) for client in ("a", "b", "c")]
    admission.leave("c")
    admission.leave("a")

    assert answers == [None, None, replies.TOO_MANY_CONNECTIONS]
    assert admission.enter("d") is None


def test_there_are_never_more_places_than_file_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (72, hard))
    try:
        admission = Admission(SessionLimits(connections=1000))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    answers = [admission.enter(f"192.0.2.{client}") for client in range(3)]

    assert answers == [None, None, replies.NO_DESCRIPTORS]
    assert answers[-1] is replies.NO_DESCRIPTORS  # equal to the other, and counted apart
