"""The terminal front of `judge practice` and `judge watch`."""

__all__ = [
    "catching_up",
    "files",
    "front",
    "inbox",
    "jobs",
    "lock",
    "pages",
    "saves",
    "session_loop",
    "tools",
    "watching",
]
