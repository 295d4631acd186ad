"""What is measured within a process, by a program that is built for it: `Parts/`."""

import json
import os
import subprocess

from cases import Case
from measure import Command, Sample


def measured(program, suite, options):
    """Cases with their samples, as if they were programs of their own."""
    rounds = 1 if options.quick else options.rounds
    folder = os.path.join(suite.folder, "parts")
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run([program, folder, str(rounds)], check=True, stdout=subprocess.PIPE, text=True)
    for found in json.loads(done.stdout):
        if options.only and not any(word in found["name"] for word in options.only):
            continue
        samples = {each["name"]: [Sample(seconds, 0, 0) for seconds in each["seconds"]] for each in found["series"]}
        yield Case(found["name"], [Command(name, None) for name in samples]), samples
