"""The resident judge: a process of this user that has everything loaded, so that the second `judge run` is quick."""

from judge.server.client import Client, ask_status, ask_stop
from judge.server.messages import Status
from judge.server.place import NoPlace

__all__ = ["Client", "NoPlace", "Status", "ask_status", "ask_stop"]
