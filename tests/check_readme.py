"""The README's two commands are the agreed ones, word for word. Run by ``.ci/run``; needs nothing installed."""

import sys
from pathlib import Path

COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/python docs/examples/quickstart.py",
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest",
)

if __name__ == "__main__":
    lines = Path("README.md").read_text(encoding="utf-8").splitlines()
    missing = [command for command in COMMANDS if command not in lines]
    if missing:
        sys.exit("the README lacks the command:\n" + "\n".join(missing))
