"""What a session works with, and how it is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from subprocess import Popen

import msgspec

from judge.practice.clock import Clock
from judge.practice.front import Front
from judge.practice.pages import Pages
from judge.practice.worker import Judging
from judge.store import Store
from problems import Catalogue, own_catalogue


class Left(Exception):
    """The person leaves; the session can be resumed."""


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What a session works with.

    Attributes:
        store: what is kept.
        clock: the time.
        front: the person.
        pages: the words.
        judging: makes what judges; called in a thread of its own.
        local: a moment in the person's time zone.
        edit: opens a file in the person's editor; None where there is none.
        catalogue: the problems there are.
    """

    store: Store
    clock: Clock
    front: Front
    pages: Pages
    judging: Callable[[], Judging]
    local: Callable[[datetime], datetime]
    edit: Callable[[str], Popen[bytes]] | None
    catalogue: Catalogue = msgspec.field(default_factory=own_catalogue)
