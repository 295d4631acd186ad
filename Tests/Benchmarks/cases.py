"""What is measured, and beside what."""

import dataclasses
import glob
import json
import os
import shutil
import subprocess
import sys
import time

import long_runbook
from measure import Command, Failed
from service import IDENTITY, Service

HERE = os.path.dirname(os.path.abspath(__file__))
PLAYBOOKS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "runbooks")


@dataclasses.dataclass(frozen=True)
class Case:
    """One row of the table, or several: the first command is ours, the others are what it is measured against."""

    name: str
    commands: list
    # What is compared: `time`, or the largest `memory`.
    measure: str = "time"
    # A bound on ours over theirs, or on ours alone, with the words for it.
    goal: object = None
    # How many rounds, where it is not the number that was asked for.
    rounds: int = 0
    # The name of a command that is taken off both sides: what the rest costs without it.
    less: str = ""


@dataclasses.dataclass(frozen=True)
class Goal:
    words: str
    # Gives whether it is met, of ours and of theirs by name; a median each.
    met: object
    # The peer it is about; `None` for ours alone.
    beside: str = None


def ratio_goal(beside, bound, words):
    return Goal(words, lambda ours, theirs: theirs and ours <= bound * theirs, beside)


def absent(tool, what):
    print(f"{tool} is not there; {what} is left out", file=sys.stderr)
    return False


def has(tool, what):
    return shutil.which(tool) is not None or absent(tool, what)


def has_module(name, what):
    found = subprocess.run(
        [python(), "-c", f"import {name}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    return found or absent(f"python3's {name}", what)


def peer(name):
    return os.path.join(HERE, "Peers", name)


def python():
    return sys.executable or "python3"


class Suite:
    """The cases in their order, each made when its turn comes, with the files and servers that it needs."""

    def __init__(self, program, folder, size):
        self.program = program
        self.folder = folder
        # 1 for the real thing; a smaller part of everything for a look at whether it works.
        self.size = size

    def all(self):
        return [make() for make in (
            self.start_up, self.checking_playbooks, self.checking_long_files, self.looping, self.launching, self.launching_hundred,
            self.launching_thousand, self.launching_over_tls, self.resuming, self.awaiting)]

    def scaled(self, count, least=1):
        return max(least, int(count * self.size))

    def path(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def ours(self, *arguments, settings="", environment=None, name="runbook", **rest):
        """The program, with nothing of this machine's own settings, and a journal that is kept as always."""
        file = "config.yaml" if not settings else "config-of-its-own.yaml"
        variables = {"RUNBOOK_CONFIG": self.path(file, f"profile: p\nprofiles: {{ p: {{ {settings} }} }}\n"),
                     "RUNBOOK_STATE_DIRECTORY": os.path.join(self.folder, "state"), **(environment or {})}

        def started(number):
            return [self.program] + [part(number) if callable(part) else part for part in arguments]

        return Command(name, started, variables, **rest)

    def before(self, ours, program):
        """The same with the program as it was, which keeps a journal of its own."""
        def old(arguments):
            return arguments and (lambda number: [program] + arguments(number)[1:])

        environment = {**ours.environment, "RUNBOOK_STATE_DIRECTORY": os.path.join(self.folder, "state-before")}
        return dataclasses.replace(ours, name="as it was", arguments=old(ours.arguments), prepare=old(ours.prepare),
                                   environment=environment)

    # Start-up.

    def start_up(self):
        peers = [Command("python3", lambda _: [python(), "-c", "pass"])]
        if has("curl", "its start"):
            peers.append(Command("curl", lambda _: ["curl", "--version"]))
        if has_module("requests", "its start"):
            peers.append(Command("python3 with requests", lambda _: [python(), "-c", "import requests"]))
        if has("ansible-playbook", "its start"):
            peers.append(Command("ansible-playbook", lambda _: ["ansible-playbook", "--version"], rounds=3))
        goal = Goal("a round under 10 ms", lambda ours, _: ours < 0.010)
        yield Case("start-up, `--version`", [self.ours("--version")] + peers, goal=goal)

    # The language.

    def checking_playbooks(self):
        files = sorted(glob.glob(os.path.join(PLAYBOOKS, "*.runbook")))
        start_up = self.ours("--version", name="start-up")
        yield Case("checking all playbooks of `runbooks/`", [self.ours("check", *files), start_up],
                   goal=ratio_goal("start-up", 2, "at most twice the start-up"))

    def checking_long_files(self):
        """Time and memory grow as the file does: what is beyond the start-up, beside a file of a thousand lines."""
        short = self.scaled(1000, 50)
        for size in (2500, 5000, 10_000):
            lines = self.scaled(size, 50)
            commands = [self.ours("check", self.long_file(lines)),
                        self.ours("check", self.long_file(short), name=f"{short:,} lines"),
                        self.ours("--version", name="start-up")]
            bound = 1.25 * size / 1000
            goal = ratio_goal(f"{short:,} lines", bound, f"at most {bound:.3g} times")
            for measure in ("time", "memory"):
                yield Case(f"checking {lines:,} lines, {measure} without the start-up", commands, measure, goal,
                           less="start-up")

    def long_file(self, lines):
        """A file of about so many lines, the same one every time."""
        return self.path(f"long-{lines}.runbook", long_runbook.text(lines))

    def looping(self):
        steps = self.scaled(1_000_000, 1000)
        text = f"var sum = 0\nfor n in 1 .. {steps} {{ sum = sum + n }}\nprint sum\n"
        expected = str(steps * (steps + 1) // 2)

        def verify(output, _):
            if output.strip() != expected:
                raise Failed(f"the sum is {expected}, not {output[:100]}")

        ours = self.ours("run", "--quiet", "--simulate", self.path("loop.runbook", text), verify=verify)
        peers = [
            Command("python3", lambda _: [
                python(), "-c", f"s = 0\nfor n in range(1, {steps} + 1): s = s + n\nprint(s)"], verify=verify),
            Command("bash", lambda _: [
                "bash", "-c", f"s=0; for ((n = 1; n <= {steps}; n++)); do s=$((s + n)); done; echo $s"],
                    verify=verify, rounds=5)]
        yield Case(f"a loop of {steps:,} steps", [ours] + peers)

    # Launches.

    def launching(self):
        with Service(self.program, self.folder) as service:
            yield Case("launch and three looks", self.launchers(service, 1, 1, ansible=True),
                       goal=ratio_goal("bash, curl, jq", 1 / 3, "a third of bash's"))

    def launching_hundred(self):
        yield from self.launching_many(
            self.scaled(100, 4), ratio_goal("python3, requests, threads", 1 / 4, "a quarter of requests'"))

    def launching_thousand(self):
        yield from self.launching_many(self.scaled(1000, 8), None, slow_rounds=1)

    def launching_over_tls(self):
        if not has("openssl", "launching over TLS"):
            return
        with Service(self.program, self.folder, tls=True) as service:
            count = self.scaled(100, 4)
            yield Case(f"{count:,} in parallel over TLS", self.launchers(service, count, min(count, 100), 3))

    def launching_many(self, count, goal, slow_rounds=3):
        with Service(self.program, self.folder) as service:
            commands = self.launchers(service, count, min(count, 100), slow_rounds)
            yield Case(f"{count:,} in parallel", commands, goal=goal)

    def launchers(self, service, count, cap, slow_rounds=1 << 30, ansible=False):
        """The same launches and looks by each; the peers' threads are the number with which they were fastest."""
        environment = service.environment()

        def name(number):
            return f"{'t' if service.certificate else 'p'}{count}-{number}"

        def verify(_, number):
            for job in {1, count}:
                found = service.runs(f"{name(number)}-{job}")
                if found != 1:
                    raise Failed(f"{name(number)}-{job} has {found} runs, not 1")

        file = "launch.runbook" if count == 1 else "launches.runbook"
        rest = [] if count == 1 else [f"count={count}", f"cap={cap}"]
        trust = ["--trust", service.certificate] if service.certificate else []
        # The others know no cap on requests a second; a hundred launches stay below ours as it is.
        settings = "requests-per-second: 1000000" if count > 100 else ""
        commands = [self.ours("run", "--quiet", *trust, os.path.join(HERE, file), lambda n: f"name={name(n)}", *rest,
                              settings=settings, environment=environment, verify=verify)]
        if has("curl", "bash with curl") and has("jq", "bash with curl"):
            commands.append(Command(
                "bash, curl, jq", lambda n: ["bash", peer("launch.sh"), name(n), count, min(cap, 16)], environment,
                verify=verify, rounds=slow_rounds))
        if count > 1 and has("h2load", "the server's ceiling"):
            look = self.path("look.json", json.dumps({
                "action": "check_run_status", "configuration_type": "table-to-table", "configuration_id": "p_DEV",
                "job_id": "gbq-to-gbq|p_DEV", "run_id": "none", **IDENTITY}))
            # As many requests as ours sends: the listing before the launch, the launch, and three looks.
            total = 5 * count
            way = ["--h1", f"--clients={cap}"]
            if service.certificate:
                way = ["--clients=2", "--max-concurrent-streams=50"]

            def answered(output, _):
                if f"{total} succeeded" not in output:
                    raise Failed(f"h2load: {output[-300:]}")

            commands.append(Command("h2load, the server's ceiling", lambda _: [
                "h2load", *way, f"--requests={total}", f"--data={look}", "--header=content-type: application/json",
                "--header=authorization: Bearer t", f"{service.address}/v1/dag/status"], verify=answered))
        if has_module("requests", "python with requests"):
            threads = f"python3, requests{', threads' if count > 1 else ''}"
            commands.append(Command(
                threads, lambda n: [python(), peer("launch.py"), name(n), count, min(cap, 16)], environment,
                verify=verify))
        if ansible and has("ansible-playbook", "Ansible"):
            commands.append(Command(
                "ansible-playbook",
                lambda n: ["ansible-playbook", peer("launch.yml"), "--extra-vars", f"job={name(n)}"],
                {**environment, "ANSIBLE_LOCALHOST_WARNING": "False"}, verify=verify, rounds=2))
        return commands

    # Going on.

    def resuming(self):
        """An execution that stopped behind many effects is taken up, and stops again at the same place: with 7, for
        nobody is there to be asked; versions before said 6."""
        effects = self.scaled(10_000, 50)
        book = self.path("resuming.runbook",
                         f'for n in 1 .. {effects} {{ print n }}\nmanual "Go on"\n')
        with Service(self.program, self.folder, 'account: "000099"\nenvironment: DEV\n') as service:
            environment = service.environment()
            ours = self.ours("resume", "--quiet", environment=environment, statuses=(7, 6))
            ours = dataclasses.replace(ours, prepare=lambda _: [self.program, "run", "--quiet", book])
            yield Case(f"resuming behind {effects:,} effects", [ours])

    # Watching.

    def awaiting(self):
        """Awaits of runs that are going on already and end together: 10 of each operation."""
        operations = self.scaled(1000, 2)
        takes = self.scaled(60, 5)
        began = time.time()
        lines = ['account: "000099"', "environment: DEV", "operations:"]
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))
        for operation in range(operations):
            history = ", ".join(f"SUCCESS after 100d at {moment}" for _ in range(10))
            lines.append(f"  s{operation}: {{ vm-launcher: s{operation}, history: [{history}] }}")
        text = (f'account "000099"\nenvironment DEV\nparallel for n in 0 .. {operations - 1} max {operations} {{\n'
                f'  let going = last 10 runs of vm-launcher "s${{n}}"\n  await going timeout {takes}s or ignore\n}}\n')
        # All of them wait until their deadline; the program then ends with 4.
        with Service(self.program, self.folder, "\n".join(lines) + "\n") as service:
            environment = service.environment()
            commands = [self.ours("run", "--quiet", self.path("awaits.runbook", text), environment=environment,
                                  statuses=(4,))]
            if has_module("requests", "python with a thread for each await"):
                commands.append(Command("python3, requests, threads",
                                        lambda _: [python(), peer("awaits.py"), operations, 10, takes], environment))
            goal = Goal("under 100 MB", lambda ours, _: ours < 100e6)
            yield Case(f"memory of {10 * operations:,} awaits", commands, "memory", goal, rounds=1)
