"""Processes that judge: torch, the checks and the sandbox stay warm in them, and what kills one costs nobody else anything."""

from judge.workers.messages import Ahead, Cancelled, Chosen, Done, Refused, Settings, Stage, Task, Trouble, Warm
from judge.workers.worker import Gone, Worker, WorkerGone

__all__ = [
    "Ahead",
    "Cancelled",
    "Chosen",
    "Done",
    "Gone",
    "Refused",
    "Settings",
    "Stage",
    "Task",
    "Trouble",
    "Warm",
    "Worker",
    "WorkerGone",
]
