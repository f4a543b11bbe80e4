"""Seeds, from which all cases follow."""

from __future__ import annotations

import secrets

LARGEST_SEED = 2**63 - 1


def fresh_seed() -> int:
    """One that nobody knows before. It is short, since people type it to see the same cases again."""
    return secrets.randbelow(2**32)
