"""The commands, one module for each part of the work."""

__all__ = [
    "authoring",
    "batch",
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
