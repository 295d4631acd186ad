"""Waits for runs that are going on, RUNS of each of OPERATIONS, until SECONDS have passed: a thread for each.

awaits.py OPERATIONS RUNS SECONDS
"""

import concurrent.futures
import os
import sys
import threading
import time

import requests
from requests.adapters import HTTPAdapter

operations, runs, seconds = (int(argument) for argument in sys.argv[1:])
deadline = time.monotonic() + seconds
# Waiting threads need little.
threading.stack_size(256 * 1024)
session = requests.Session()
session.headers["authorization"] = f"Bearer {os.environ['TAILER_API_JWT']}"
session.mount("http://", HTTPAdapter(pool_maxsize=16))
window = threading.Semaphore(16)
ended = threading.Event()


def call(body):
    with window:
        reply = session.post(os.environ["TAILER_API_URL"] + "/v1/dag/status", json=body, timeout=60)
    reply.raise_for_status()
    return reply.json()["results"]


def identity(operation):
    return {"account": "000099", "environment": "DEV", "configuration_type": "vm-launcher",
            "configuration_id": f"s{operation}"}


def wait(operation, run):
    look = {"action": "check_run_status", "job_id": run["job_id"], "run_id": run["run_id"], **identity(operation)}
    while time.monotonic() < deadline:
        if call(look)[0]["status"] != "RUNNING":
            return
        ended.wait(max(0, min(30, deadline - time.monotonic())))


with concurrent.futures.ThreadPoolExecutor(max_workers=operations * runs) as pool:
    for operation in range(operations):
        for run in call({"action": "get_last_status", "limit": runs, **identity(operation)}):
            pool.submit(wait, operation, run)
