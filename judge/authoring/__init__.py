"""Tools for those who write problems: mutants of a reference, and the proof that a problem is good."""

__all__ = [
    "answers",
    "equivalents",
    "example",
    "files",
    "prohibitions",
    "proof",
    "recording",
    "scaffold",
    "selection",
    "shared_run",
    "signatures",
    "verification",
]
