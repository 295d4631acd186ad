"""Launches COUNT jobs, CAP at a time, and looks at each run three times: requests with kept connections and threads.

launch.py NAME COUNT CAP
"""

import concurrent.futures
import os
import sys

import requests
from requests.adapters import HTTPAdapter

name, count, cap = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
address = os.environ["TAILER_API_URL"]
session = requests.Session()
session.headers["authorization"] = f"Bearer {os.environ['TAILER_API_JWT']}"
for scheme in ("http://", "https://"):
    session.mount(scheme, HTTPAdapter(pool_maxsize=cap))


def call(path, body):
    reply = session.post(address + path, json=body, timeout=60)
    reply.raise_for_status()
    return reply.json()


def one(job):
    identity = {"account": "000099", "environment": "DEV", "configuration_type": "table-to-table",
                "configuration_id": f"{name}-{job}_DEV"}
    run = call("/v1/dag/launch", {"action": "launch_job", **identity})["run_id"]
    look = {"action": "check_run_status", "job_id": f"gbq-to-gbq|{name}-{job}_DEV", "run_id": run, **identity}
    return [call("/v1/dag/status", look)["results"][0]["status"] for _ in range(3)]


if count == 1:
    print("\n".join(one(1)))
else:
    with concurrent.futures.ThreadPoolExecutor(max_workers=cap) as pool:
        for statuses in pool.map(one, range(1, count + 1)):
            print("\n".join(statuses))
