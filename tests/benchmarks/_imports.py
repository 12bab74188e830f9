"""What `import salesproc` costs in a fresh interpreter, and what it brings in."""

import json
import subprocess
import sys
from typing import Any

from _timing import pair_of

_CHILD = """
import sys, time
there = set(sys.modules)
before = time.process_time()
import {module}
took = time.process_time() - before
import json
print(json.dumps([took, sorted(set(sys.modules) - there)]))
"""


def _fresh(module: str) -> tuple[float, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(module=module)], check=True, capture_output=True, text=True
    )
    took, modules = json.loads(done.stdout)
    return took, modules


def measure(rounds: int) -> dict[str, Any]:
    """The import beside that of attrs, in turns, and the modules by where they come from."""
    pairs = [(_fresh("salesproc"), _fresh("attrs")) for _ in range(rounds + 1)][1:]
    loaded = pairs[0][0][1]
    tops = sorted({name.partition(".")[0] for name in loaded if not name.startswith("_sysconfigdata")})
    return {
        "pair": pair_of([ours[0] for ours, _ in pairs], [theirs[0] for _, theirs in pairs]),
        "own": [name for name in loaded if name.partition(".")[0] == "salesproc"],
        "standard": [name for name in tops if name in sys.stdlib_module_names],
        "others": [name for name in tops if name not in {"salesproc", *sys.stdlib_module_names}],
    }
