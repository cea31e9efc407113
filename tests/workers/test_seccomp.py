"""The filter is run here as the kernel would run it, for both architectures."""

import errno

import pytest

from gateway.workers.seccomp import ALLOWED, DEADLY, Instruction, program

ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE_THREAD, PROT_EXEC = 0x10000, 4
# openat, socket, fork of x86_64 or clone3's neighbours, kill, pidfd_open
FORBIDDEN = {
    "x86_64": [257, 2, 41, 57, 58, 437, 62, 200, 234, 434],
    "aarch64": [56, 198, 437, 129, 130, 131, 434],
}


def run(steps: list[Instruction], *, machine: int, number: int, arguments: list[int]) -> int:
    data = {0: number, 4: machine} | {16 + 8 * n: value for n, value in enumerate(arguments)}
    accumulator = at = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                accumulator = data[operand]
            case 0x15:
                at += if_true if accumulator == operand else if_false
            case 0x45:
                at += if_true if accumulator & operand else if_false
            case 0x06:
                return operand


def verdict(machine: str, number: int, *arguments: int) -> int:
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    return run(program(machine), machine=ARCHITECTURES[machine], number=number, arguments=padded)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_is_listed_is_allowed(machine: str) -> None:
    column = list(ARCHITECTURES).index(machine)

    assert {verdict(machine, numbers[column]) for numbers in ALLOWED.values()} == {ALLOW}


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_opens_starts_or_connects_is_refused(machine: str) -> None:
    assert {verdict(machine, number) for number in FORBIDDEN[machine]} == {REFUSE}


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_no_parser_has_a_reason_for_is_death(machine: str) -> None:
    column = list(ARCHITECTURES).index(machine)

    assert {verdict(machine, numbers[column]) for numbers in DEADLY.values()} == {KILL}


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_call_that_does_not_exist_yet_is_refused(machine: str) -> None:
    assert verdict(machine, 9_999) == REFUSE


@pytest.mark.parametrize(("machine", "clone"), [("x86_64", 56), ("aarch64", 220)])
def test_clone_makes_threads_and_no_processes(machine: str, clone: int) -> None:
    assert verdict(machine, clone, CLONE_THREAD) == ALLOW
    assert verdict(machine, clone, 17) == REFUSE


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_clone3_is_said_to_be_missing(machine: str) -> None:
    assert verdict(machine, 435) == UNKNOWN


@pytest.mark.parametrize(("machine", "numbers"), [("x86_64", (9, 10)), ("aarch64", (222, 226))])
def test_memory_is_never_executable(machine: str, numbers: tuple[int, ...]) -> None:
    for number in numbers:
        assert verdict(machine, number, 0, 4096, 3) == ALLOW
        assert verdict(machine, number, 0, 4096, 3 | PROT_EXEC) == REFUSE


def test_calls_of_another_architecture_are_death() -> None:
    steps = program("x86_64")

    assert run(steps, machine=0x40000003, number=0, arguments=[0] * 6) == KILL
