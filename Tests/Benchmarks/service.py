"""The built-in service on loopback, as the one server that all measured programs talk to."""

import json
import os
import signal
import ssl
import subprocess
import time
import urllib.request

IDENTITY = {"account": "000099", "environment": "DEV"}


class Service:
    """`runbook simulate` for as long as a `with` lasts. With a folder, it speaks TLS and HTTP/2 with a certificate
    that is made there."""

    def __init__(self, program, folder, scenario="", tls=False):
        self.program = program
        self.folder = folder
        self.scenario = scenario
        self.certificate = None
        if tls:
            self.certificate = os.path.join(folder, "certificate.pem")
            self.key = os.path.join(folder, "key.pem")
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-keyout", self.key, "-out", self.certificate, "-days", "2", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        path = os.path.join(self.folder, "service.scenario.yaml")
        with open(path, "w") as file:
            file.write(self.scenario or 'account: "000099"\nenvironment: DEV\n')
        arguments = [self.program, "simulate", "--quiet", "--port", "0", path]
        if self.certificate:
            arguments += ["--certificate", self.certificate, "--key", self.key]
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError("the service did not start")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def environment(self):
        """What a measured program finds in its environment: where the service is, and the token."""
        variables = {"TAILER_API_URL": self.address, "TAILER_API_JWT": "t"}
        if self.certificate:
            variables |= {"CURL_CA_BUNDLE": self.certificate, "REQUESTS_CA_BUNDLE": self.certificate}
        return variables

    def runs(self, identifier):
        """How many runs a table-to-table operation has, to see that a program did its work."""
        body = {"action": "get_last_status", "configuration_type": "table-to-table",
                "configuration_id": f"{identifier}_DEV", "limit": 10, **IDENTITY}
        request = urllib.request.Request(
            f"{self.address}/v1/dag/status", json.dumps(body).encode(),
            {"content-type": "application/json", "authorization": "Bearer t"})
        trust = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        with urllib.request.urlopen(request, context=trust) as reply:
            return len(json.load(reply)["results"])
