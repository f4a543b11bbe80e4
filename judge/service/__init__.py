"""One way to have a file judged, for every front end: a request, events, and four kinds of judge."""

__all__ = [
    "drawn",
    "fork_server",
    "identity",
    "in_process",
    "look",
    "messages",
    "place",
    "pool_judge",
    "refusing",
    "requests",
    "resident",
    "resident_judge",
    "resident_messages",
    "serving",
    "thin_client",
    "waiting",
    "warm",
    "worker",
    "worker_judge",
]
