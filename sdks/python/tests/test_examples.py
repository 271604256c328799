"""The example receivers, each in a process of its own, with real messages and the server's own check."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import wait_for

from sayless import Sayless

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAMS = {
    "FastAPI": ["-m", "uvicorn", "fastapi_receiver:app", "--log-level", "warning", "--port"],
    "Flask": ["-m", "flask", "--app", "flask_receiver", "run", "--port"],
    "Django": ["django_receiver.py", "runserver", "--noreload", "--skip-checks"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(framework: str, port: int, key: str) -> Iterator[queue.Queue[str]]:
    """The example, and what it prints line by line."""
    environment = {**os.environ, "SAYLESS_SIGNING_KEY": key, "PYTHONDONTWRITEBYTECODE": "1"}
    program = subprocess.Popen(
        [sys.executable, *PROGRAMS[framework], str(port)],
        cwd=EXAMPLES,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in program.stdout or ():
            lines.put(line.rstrip())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        wait_for(lambda: listens(port))
        yield lines
    finally:
        program.terminate()
        program.wait()
        reader.join()


def expect(lines: queue.Queue[str], wanted: str) -> None:
    while lines.get(timeout=30) != wanted:
        pass


@pytest.mark.parametrize("signature", ["v1", "v1a"])
@pytest.mark.parametrize("framework", PROGRAMS)
def test_an_example_takes_what_is_real_and_nothing_else(
    framework: str, signature: str, client: Sayless
) -> None:
    port = free_port()
    webhook = client.webhooks.create(
        url=f"http://127.0.0.1:{port}/",
        event_types=["ticket.created"],
        signature="v1" if signature == "v1" else "v1a",
    )
    key = webhook.signing_secret or webhook.public_key
    assert key is not None
    with running(framework, port, key) as lines:
        title = f"For {framework}, {signature}"
        client.tickets.create(title=title)
        expect(lines, f"A ticket: {title}")
        # A forged message, an old one, one that comes again, and one during a rotation.
        check = client.webhooks.check(webhook.id)
        assert check.passed, check.findings
    client.webhooks.delete(webhook.id)
