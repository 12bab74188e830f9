"""What the wheel holds: all of the library, its type marker, and nothing else. Run by the nox session ``wheel``."""

import sys
import zipfile
from pathlib import Path

import salesproc


def main(wheel: str) -> None:
    """Fail with a message where the wheel is not what it should be."""
    names = zipfile.ZipFile(wheel).namelist()
    stray = [
        name
        for name in names
        if not name.startswith(("salesproc/", f"salesproc-{salesproc.__version__}.dist-info/"))
    ]
    if stray or "salesproc/py.typed" not in names:
        sys.exit(f"the wheel lacks py.typed or holds strangers: {stray}")
    home = Path(salesproc.__file__)
    if "site-packages" not in home.parts:
        sys.exit(f"the tests would run against {home}, not against the wheel")
    print(f"{len(names)} files, tested from site-packages")


if __name__ == "__main__":
    main(sys.argv[1])
