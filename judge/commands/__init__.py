"""The commands, one module for each part of the work."""

__all__ = [
    "authoring",
    "batch",
    "case_sets",
    "catalogue",
    "doctor",
    "exits",
    "explain",
    "hints",
    "history",
    "judging",
    "parameters",
    "practice",
    "progress",
    "sandbox",
    "server",
    "trace",
    "verifying",
    "watch",
]
