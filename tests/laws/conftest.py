"""Makes ``laws`` and ``cases`` importable from the tests beside them, with assertions that say what differed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("laws")
