"""What a session works with, and how it is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from subprocess import Popen

import msgspec

from judge.practice.clock import Clock
from judge.records import Store
from judge.service.requests import Judge, Settings
from judge.terminal.front import Front
from judge.terminal.pages import Pages
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
        judge: who judges; it is closed with the session.
        settings: where and within which limits.
        local: a moment in the person's time zone.
        edit: opens a file in the person's editor; None where there is none.
        catalogue: the problems there are.
    """

    store: Store
    clock: Clock
    front: Front
    pages: Pages
    judge: Judge
    settings: Settings
    local: Callable[[datetime], datetime]
    edit: Callable[[str], Popen[bytes]] | None
    catalogue: Catalogue = msgspec.field(default_factory=own_catalogue)
