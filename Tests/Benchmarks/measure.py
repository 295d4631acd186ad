"""Programs measured against each other: wall and CPU time and the largest memory, in interleaved rounds."""

import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time


class Failed(Exception):
    """A measured program did not do its work; what it said."""


@dataclasses.dataclass(frozen=True)
class Command:
    """What is measured under a name, and how one round of it is started."""

    name: str
    # Gives the arguments of a round; its number makes whatever the round creates its own.
    arguments: object
    environment: dict = dataclasses.field(default_factory=dict)
    # What it may end with.
    statuses: tuple = (0,)
    # Looks at the program's output once it has ended, and raises `Failed` where the work was not done.
    verify: object = None
    # Gives the arguments of what is done once before the first round, and ends with one of the same statuses; `None` for nothing.
    prepare: object = None
    # Takes part in this many rounds at most: some are so slow that a few have to do.
    rounds: int = 1 << 30


@dataclasses.dataclass(frozen=True)
class Sample:
    """Seconds and bytes. CPU time and memory are those of the program and of all it started and waited for."""

    wall: float
    cpu: float
    peak: int


def run(command, number):
    """Carries out one round of a command and measures it."""
    arguments = [str(part) for part in command.arguments(number)]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        before = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            env={**os.environ, **command.environment})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
        if process.returncode not in command.statuses:
            errors.seek(0)
            said = (errors.read().decode(errors="replace") or text).strip()
            raise Failed(f"{' '.join(arguments)[:200]} ended with {process.returncode}: {said[-800:]}")
    if command.verify:
        command.verify(text, number)
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def compare(commands, rounds):
    """Samples by name. The commands take turns, and each round begins with the next of them, so that what else goes on
    on the machine meets all alike. A first round of each warms up and is thrown away."""
    samples = {command.name: [] for command in commands}
    number = 0
    for command in commands:
        if command.prepare:
            run(dataclasses.replace(command, arguments=command.prepare), 0)
    for turn in range(-1, rounds):
        for offset in range(len(commands)):
            command = commands[(turn + offset) % len(commands)]
            if turn >= command.rounds:
                continue
            if turn < 0 and command.rounds < rounds:
                continue
            number += 1
            sample = run(command, number)
            if turn >= 0:
                samples[command.name].append(sample)
            print(f"  {command.name}: {sample.wall:.3f} s", file=sys.stderr, flush=True)
    return samples


def median(samples, field):
    return statistics.median(getattr(sample, field) for sample in samples)
