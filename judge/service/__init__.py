"""One way to have a file judged, for every front end: a request, events, and four kinds of judge."""

__all__ = [
    "drawn",
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
    "waiting",
    "warm",
    "worker",
    "worker_judge",
]
