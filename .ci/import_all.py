"""Import every module of the packages that are named: a dependency that is not installed here shows.

python .ci/import_all.py bitnet_agent bitnet_report
"""

from __future__ import annotations

import importlib
import pkgutil
import sys


def main(packages: list[str]) -> None:
    """Import them all; raise what the first that cannot be imported raises."""
    names = [
        module.name
        for package in packages
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        # Alembic runs this one, within an upgrade; the collector's first start does.
        if module.name != "bitnet_collector.migrations.env"
    ]
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} modules of {', '.join(packages)} can be imported here.")


if __name__ == "__main__":
    main(sys.argv[1:])
