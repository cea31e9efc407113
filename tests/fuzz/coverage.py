"""Octets that reach new code: ``python -m tests.fuzz.coverage TARGET [options of libFuzzer]``.

A target is what a property of ``tests/properties`` says of any octets. Atheris mutates them, sees
which lines of ours they reach, and keeps those that reach another one. It ends the process.
"""

import sys

import atheris

with atheris.instrument_imports(include=["gateway.smtp"]):
    from gateway.smtp.data import DataRules
    from tests.properties import test_address, test_data_reader


def data(octets: bytes) -> None:
    """The first octets say how the rest is cut into chunks."""
    refuse, *sizes = octets[:9] or b"\0"
    wire = octets[9:] + b"\r\n.\r\n"
    rules = DataRules(
        test_data_reader.MESSAGE_OCTETS,
        test_data_reader.LINE_OCTETS,
        refuse_bare_newlines=bool(refuse & 1),
    )
    assert test_data_reader.in_chunks(wire, rules, sizes) == test_data_reader.slowly(wire, rules)


TARGETS = {"data": data, "address": test_address.read}

if __name__ == "__main__":
    target = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[target])
    atheris.Fuzz()
