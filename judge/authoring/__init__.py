"""Tools for those who write problems: mutants of a reference, and the proof that a problem is good."""

__all__ = [
    "answers",
    "arrays",
    "changing",
    "equivalents",
    "example",
    "files",
    "mutants",
    "operators",
    "plain_operators",
    "prohibitions",
    "proof",
    "recording",
    "scaffold",
    "selection",
    "shared_run",
    "signatures",
    "verification",
]
