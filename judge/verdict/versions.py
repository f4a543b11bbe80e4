"""What a verdict depends on beside file and seed."""

from __future__ import annotations

import sys
from functools import cache

DISTRIBUTIONS = {"judge": "ml-judge", "torch": "torch", "numpy": "numpy", "hypothesis": "hypothesis"}


@cache
def versions() -> dict[str, str]:
    """The versions that a verdict depends on; read from the installed metadata, importing none of them."""
    from importlib import metadata

    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name, distribution in DISTRIBUTIONS.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
