"""The `docker` sandbox: containers that wait warm, each used for one run, ended and replaced in the background.

What a container may do is `sandbox.containers` and `sandbox.profile`; what is in it, `sandbox.image`. Within it a run stands behind
Landlock and the filter of the `linux` sandbox as well.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import metadata
from typing import Any

from sandbox.answers import Limits
from sandbox.containers import SITES, Container, Introduced
from sandbox.door import Door
from sandbox.engine import EngineFailed, connect
from sandbox.errors import SandboxRefused, SandboxUnavailable
from sandbox.housekeeping import sweep
from sandbox.image import BUILD, require
from sandbox.owner import Owner
from sandbox.packages import Equipment
from sandbox.profile import profile

WAITING = 2  # warm containers of a framework, unless somebody asks for another number
REMOVERS = 4


class DockerSandbox:
    """Starts runs in containers.

    Args:
        waiting: how many containers are kept warm for each framework.

    Raises:
        SandboxUnavailable: there is no engine or no image; the message says what to do.
    """

    kind = "docker"
    level = "full"

    def __init__(self, waiting: int = WAITING) -> None:
        self.engine = connect()
        try:
            self.image = require(self.engine)
            self.owner = Owner()
        except SandboxUnavailable:
            self.engine.close()
            raise
        self.memory_bytes = Limits().memory_bytes
        self._waiting = waiting
        self._lock = threading.Lock()
        self._pools: dict[Equipment, Pool] = {}
        self._everything: set[Container] = set()
        self._removers = ThreadPoolExecutor(REMOVERS, thread_name_prefix="remover")
        self._in_background(self._swept)

    def __enter__(self) -> DockerSandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def why_not_full(self) -> str:
        """What is missing inside the containers, as far as runs have been opened."""
        said = next((pool.introduced for pool in self._pools.values() if pool.introduced), None)
        return f"within the containers there is no Landlock ({said.landlock})" if said and said.landlock else ""

    def close(self) -> None:
        """End every container, and wait until they are gone."""
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.stop()
        for container in list(self._everything):
            self.release(container)
        for pool in pools:
            pool.join()
        for container in list(self._everything):
            self.release(container)
        self._removers.shutdown()
        self.owner.close()
        self.engine.close()

    def prepare(self, framework: Equipment) -> None:
        """Begin to start what runs of this framework need, without waiting for it."""
        self._pool(framework)

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run, confined and waiting for its file.

        Raises:
            SandboxUnavailable: it can't be had: the engine has gone, or can't start a container.
        """
        self.memory_bytes = limits.memory_bytes
        container = self._pool(framework).take()
        try:
            container.begin(limits)
        except SandboxUnavailable:
            container.drop()
            self.release(container)
            raise
        return Door(container, limits, torch)

    def spec(self, framework: Equipment) -> dict[str, Any]:
        """What a run must be told of this sandbox, beside the problem's own.

        Raises:
            SandboxUnavailable: no container starts.
        """
        said = self._pool(framework).introduction()
        return {"sites": [SITES], "allowed": list(framework.importable), "readable": said.readable, "guard": True}

    def make(self, framework: Equipment) -> Container:
        """A container, just started.

        Raises:
            EngineFailed: it can't be made.
        """
        file = self.owner.profile(profile()) if self.engine.podman else None
        container = Container(self.engine, self.image, self.owner.name, file, framework, self.memory_bytes)
        container.released = self.release
        self._everything.add(container)
        return container

    def release(self, container: Container) -> None:
        """Take a container away, in the background."""
        with self._lock:
            if container not in self._everything:
                return
            self._everything.discard(container)
        self._in_background(lambda: _removed(container))

    def waiting(self) -> list[Container]:
        """Those that are ready for a run."""
        return [container for pool in self._pools.values() for container in pool.ready()]

    def settle(self) -> None:
        """Wait until every pool is full and what was used is gone."""
        for pool in list(self._pools.values()):
            pool.settle()
        everybody = threading.Barrier(REMOVERS)  # they meet when each has done what it was given before
        for meeting in [self._removers.submit(everybody.wait) for _ in range(REMOVERS)]:
            meeting.result()

    def _pool(self, framework: Equipment) -> Pool:
        with self._lock:
            pool = self._pools.get(framework)
            if pool is None:
                pool = self._pools[framework] = Pool(self, framework, self._waiting)
            return pool

    def _in_background(self, action: Callable[[], None]) -> None:
        try:
            begun = self._removers.submit(action)
        except RuntimeError:  # the interpreter is ending, and starts no thread any more: then at once
            action()
        else:
            begun.add_done_callback(_show_failure)

    def _swept(self) -> None:
        with contextlib.suppress(SandboxUnavailable):  # the first container will say what is wrong with the engine
            sweep(self.engine, self.owner)


class Pool:
    """Keeps containers of one framework warm.

    Args:
        sandbox: makes them.
        framework: what it imports, and what can be imported in its runs.
        size: how many.

    Attributes:
        introduced: what the first one said of itself.
    """

    def __init__(self, sandbox: DockerSandbox, framework: Equipment, size: int) -> None:
        self.introduced: Introduced | None = None
        self._sandbox = sandbox
        self._framework = framework
        self._size = size
        self._changed = threading.Condition()
        self._ready: deque[Container] = deque()
        self._wanted = 0
        self._failure: SandboxUnavailable | None = None
        self._stopped = False
        self._threads = [threading.Thread(target=self._fill, daemon=True) for _ in range(_at_once())]
        self._making = 0
        for thread in self._threads:
            thread.start()

    def take(self) -> Container:
        """A warm container, as soon as there is one.

        Raises:
            SandboxUnavailable: none can be had.
        """
        with self._changed:
            self._wanted += 1
            self._changed.notify_all()
            try:
                self._wait_for(lambda: bool(self._ready))
                return self._ready.popleft()
            finally:
                self._wanted -= 1
                self._changed.notify_all()

    def ready(self) -> list[Container]:
        """Those that wait."""
        with self._changed:
            return list(self._ready)

    def introduction(self) -> Introduced:
        """What containers of this framework say of themselves.

        Raises:
            SandboxUnavailable: none can be had.
        """
        with self._changed:
            self._wait_for(lambda: self.introduced is not None)
        assert self.introduced is not None
        return self.introduced

    def settle(self) -> None:
        """Wait until as many are ready as should be, or none can be had."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure or self._stopped or (not self._making and not self._lacks()))

    def stop(self) -> None:
        """Make no more."""
        with self._changed:
            self._stopped = True
            for container in self._ready:
                container.drop()
            self._ready.clear()
            self._changed.notify_all()

    def join(self) -> None:
        """Wait for the threads, after `stop`."""
        for thread in self._threads:
            thread.join()

    def _wait_for(self, there: Any) -> None:
        self._failure = None  # what failed before may work again
        self._changed.notify_all()
        self._changed.wait_for(lambda: there() or self._failure or self._stopped)
        if not there():
            raise self._failure or EngineFailed("the docker sandbox was closed")

    def _lacks(self) -> bool:
        return len(self._ready) + self._making < self._size + self._wanted

    def _may_make(self) -> bool:
        """Whether one more is to be made now: one after the other while nobody waits, for whom the processors are left then."""
        return self._lacks() and (self._making == 0 or self._wanted > len(self._ready) + self._making)

    def _fill(self) -> None:
        """Thread: make one wherever one is missing."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or (self._failure is None and self._may_make()))
                if self._stopped:
                    return
                self._making += 1
            failure, container = None, None
            try:
                container = self._sandbox.make(self._framework)
                introduced = container.wait()
                require_same_versions(introduced)
            except SandboxUnavailable as error:
                failure = error
                if container is not None:
                    container.drop()
                    self._sandbox.release(container)
            with self._changed:
                self._making -= 1
                if failure is not None or container is None:
                    self._failure = failure
                elif self._stopped:
                    container.drop()
                else:
                    self.introduced = introduced
                    self._ready.append(container)
                self._changed.notify_all()


def _at_once() -> int:
    """How many containers are started at once: most of a start is torch's import, a processor's work for a second."""
    return max(1, min(4, os.cpu_count() or 1))


def require_same_versions(said: Introduced) -> None:
    """See that a container computes with what the judge computes with: else right answers might differ.

    Raises:
        SandboxRefused: it does not.
    """
    here = metadata.version("numpy"), metadata.version("torch").partition("+")[0]
    there = said.numpy or here[0], here[1] if said.torch is None else said.torch.partition("+")[0]
    if here != there:
        raise SandboxRefused(
            f"the image holds NumPy {there[0]} and torch {there[1]}, the judge NumPy {here[0]} and torch {here[1]}: {BUILD} renews it"
        )


def _show_failure(done: Future[None]) -> None:
    """A bug of ours, as for any other thread; else nobody would see it."""
    if error := done.exception():
        sys.excepthook(type(error), error, error.__traceback__)


def _removed(container: Container) -> None:
    with contextlib.suppress(SandboxUnavailable):  # the engine has gone; the next start sweeps
        container.remove()
