"""Expected trouble of ours or of the machine."""


class Trouble(Exception):  # noqa: N818 - what it is, and its kin are errors
    """Something that can happen to a sound program. Its text is one clear line for its operator."""
