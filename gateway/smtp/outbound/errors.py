"""What can go wrong towards the next hop, as three exceptions that the caller tells apart."""

from gateway.smtp.replies import Reply


class NextHopError(Exception):
    """The next hop cannot be reached or makes no sense: nothing was delivered, answer 451 4.4.1.

    The text names the step and the address of the hop, and nothing of the message.
    """


class LapsedError(NextHopError):
    """The connection ended, by 421 or without a word: a fresh one may do better."""


class InDoubtError(Exception):
    """The final dot was sent and no answer came back: the message may have been delivered."""


class RefusedError(Exception):
    """The next hop said no; ``reply`` is its own answer, fit to be passed on."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply
