"""Tools for those who write problems: mutants of a reference, and the proof that a problem is good."""

__all__ = [
    "arrays",
    "changing",
    "company",
    "equivalents",
    "example",
    "files",
    "jury",
    "mutants",
    "operators",
    "plain_operators",
    "prohibitions",
    "proof",
    "recording",
    "scaffold",
    "screening",
    "signatures",
    "verification",
]
