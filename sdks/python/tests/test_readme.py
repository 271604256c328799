"""The README, followed literally in an empty folder that holds the wheel: every block marked `run`."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_readme_does_what_it_says(tmp_path: Path) -> None:
    shutil.copy(os.environ["SAYLESS_WHEEL"], tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "PORT": port}
    environment.pop("PYTHONPATH", None)
    output = []
    for language, mark, text in BLOCK.findall(README.read_text()):
        assert mark == "run" or mark.startswith('not-run="'), f"say whether it runs: {text}"
        name = re.match(r"# (\w+\.py)\n", text)
        if name:
            (tmp_path / name[1]).write_text(text)
        elif mark == "run":
            program = ". .venv/bin/activate; exec python -" if language == "python" else "set -e\n" + text
            activated = program if not (tmp_path / ".venv").exists() else ". .venv/bin/activate\n" + program
            output.append(_run(activated, text if language == "python" else "", tmp_path, environment))
    everything = "".join(output)
    for said in ["A ticket: Hello from Python", "tickets:read", "/event_types/0", "work on it here"]:
        assert said in everything
    assert "somebody else has changed the ticket" in everything


def _run(script: str, given: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-c", script],
        input=given,
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{given}\n{done.stdout}"
    return done.stdout
