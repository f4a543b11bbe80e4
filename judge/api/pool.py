"""Judging many files from asyncio: one child, which keeps processes that judge."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any

from judge.api.host import JudgeFailed, failed, require_ready, verdict_of
from judge.api.lines import MOST_LINE_BYTES, command, environment, line, request
from judge.api.verdict import Verdict

CLOSE_SECONDS = 5.0
MOST_OPEN = 4  # for each process: what is beyond that waits at the caller
Source = str | bytes | os.PathLike[str]


class _Open:
    def __init__(
        self, message: dict[str, Any], seed: int | None, on_decision: Callable[[Verdict], None] | None
    ) -> None:
        self.message = message
        self.seed = seed
        self.on_decision = on_decision
        self.tried = False
        self.answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()


class Pool:
    """Judges files, several at once. Use it with `async with`; leaving it ends everything that it began.

    Args:
        jobs: files that are judged at once; None: half of the processors.
        sandbox: "auto", "linux", "docker" or "process"; None: as configured.
        own_code: the files are the caller's own: where nothing isolates them they run all the same.
        call_seconds: CPU seconds for one call, in place of the problem's own limit.
        run_seconds: CPU seconds for a whole run.
        memory_mib: memory of a run.
    """

    def __init__(
        self,
        jobs: int | None = None,
        *,
        sandbox: str | None = None,
        own_code: bool = False,
        call_seconds: float | None = None,
        run_seconds: float | None = None,
        memory_mib: int | None = None,
    ) -> None:
        self.jobs = jobs if jobs is not None else max(1, (os.cpu_count() or 1) // 2)
        if self.jobs < 1:
            raise ValueError("jobs must be 1 at least")
        self._options = {
            "jobs": self.jobs,
            "sandbox": sandbox,
            "own_code": own_code,
            "call_seconds": call_seconds,
            "run_seconds": run_seconds,
            "memory_mib": memory_mib,
        }
        self._numbers = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._child: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._room = asyncio.Semaphore(self.jobs * MOST_OPEN)
        self._starting = asyncio.Lock()
        self._entered = False

    async def __aenter__(self) -> Pool:
        self._entered = True
        await self._running()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def grade(
        self,
        source: Source,
        problem: str | None = None,
        *,
        framework: str | None = None,
        seed: int | None = None,
        effort: str | None = None,
        timeout: float | None = None,
        on_decision: Callable[[Verdict], None] | None = None,
    ) -> Verdict:
        """The verdict on one file. A cancelled `await` cancels the judging.

        Args:
            source: the file's text or bytes, or a path (an `os.PathLike`).
            problem: its name; None: told from the file's name or from what it defines.
            framework: its name, "torch", "numpy", "python" or one that a pack brings; None: told from what it imports.
            seed: all cases follow from it; None: a secret one, which the pool renews now and then.
            effort: "verdict": stop at the first check that fails, and explain nothing; or "full", which is also taken where there is an
                `on_decision` and nothing is said. The kind of verdict is the same.
            timeout: seconds, after which the judging is given up: then the kind is "internal_error" and the reward None.
            on_decision: told the verdict on a rejected file before the mistake that explains it is looked for, in the event loop.

        Raises:
            UsageError: there is no such problem, or it is not offered in this framework.
            JudgeFailed: nothing can be judged here.
        """
        if effort is None:
            effort = "full" if on_decision is not None else "verdict"
        if effort not in ("full", "verdict"):
            raise ValueError('effort is "full" or "verdict"')
        if not self._entered:
            raise RuntimeError("the pool is not open: use it with `async with judge.Pool() as pool`")
        try:
            async with asyncio.timeout(timeout), self._room:
                if not self._entered:
                    raise asyncio.CancelledError  # the pool was closed meanwhile
                number = next(self._numbers)
                options = {
                    "framework": framework,
                    "seed": seed,
                    "effort": effort,
                    "verdict_first": on_decision is not None,
                }
                answer = await self._asked(number, request(number, source, problem, options), seed, on_decision)
        except TimeoutError:
            return failed(f"It was not judged within {timeout:g} seconds. This says nothing about it.", seed)
        return verdict_of(answer, seed)

    async def map(
        self,
        submissions: Iterable[Source | tuple[Source, str]] | AsyncIterable[Source | tuple[Source, str]],
        problem: str | None = None,
        **options: Any,
    ) -> AsyncIterator[Verdict]:
        """The verdicts on many files, in their order. No more are read ahead than can be judged soon.

        Args:
            submissions: each a source, or a source and the name of its problem.
            problem: of all that name none.
            options: as of `grade`.
        """
        waiting: list[asyncio.Task[Verdict]] = []
        try:
            async for each in _in_turn(submissions):
                source, name = each if isinstance(each, tuple) else (each, problem)
                waiting.append(asyncio.create_task(self.grade(source, name, **options)))
                if len(waiting) >= self.jobs * MOST_OPEN:
                    yield await waiting.pop(0)
            while waiting:
                yield await waiting.pop(0)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def close(self) -> None:
        """End everything, in the middle of a file too. What is open ends as cancelled."""
        self._entered = False
        child, self._child = self._child, None
        reader, self._reader = self._reader, None
        for each in self._open.values():
            each.answer.cancel()
        self._open.clear()
        if child is not None:
            await _ended(child)
        if reader is not None:
            await asyncio.gather(reader, return_exceptions=True)

    async def _asked(
        self, number: int, message: dict[str, Any], seed: int | None, on_decision: Callable[[Verdict], None] | None
    ) -> dict[str, Any]:
        found = _Open(message, seed, on_decision)
        self._open[number] = found
        try:
            await self._send(message)
            return await found.answer
        except BaseException:
            if self._open.pop(number, None) is not None and self._child is not None:
                with contextlib.suppress(OSError):
                    await self._send({"do": "cancel", "number": number})
            raise
        finally:
            self._open.pop(number, None)

    async def _send(self, message: dict[str, Any]) -> None:
        child = await self._running()
        assert child.stdin is not None
        with contextlib.suppress(ConnectionError):  # it has ended: what is open is asked of the next one
            child.stdin.write(line(message))
            await child.stdin.drain()

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if not self._entered:
                raise asyncio.CancelledError  # the pool was closed meanwhile
            if self._child is None:
                self._child = await self._started()
                self._reader = asyncio.create_task(self._read(self._child))
            return self._child

    async def _started(self) -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(
            *command(self._options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment(),
            limit=MOST_LINE_BYTES,
        )
        assert child.stdout is not None
        try:
            require_ready(await child.stdout.readline())
        except BaseException:  # it is not ready, or nobody waits for it any more
            await asyncio.shield(_ended(child))
            raise
        return child

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        """What the child answers; where it ends, what is open is asked of another one, once."""
        assert child.stdout is not None
        async for data in child.stdout:
            answer = json.loads(data)
            found = self._open.get(answer["number"])
            if found is not None and "decided" in answer:
                if found.on_decision is not None:
                    tell, found.on_decision = found.on_decision, None  # once, even where it is judged again
                    tell(Verdict(answer["decided"]))
            elif found is not None and not found.answer.done():
                found.answer.set_result(answer)
        code = await child.wait()
        if child is not self._child:
            return  # the pool was closed
        self._child = None
        again = []
        for each in self._open.values():
            if each.tried and not each.answer.done():
                sentence = f"The process that judges ended twice (exit code {code}). This says nothing about the file."
                each.answer.set_result({"trouble": "failure", "sentence": sentence})
            elif not each.answer.done():
                each.tried = True
                again.append(each.message)
        try:
            for message in again:
                await self._send(message)
        except JudgeFailed as error:
            for each in self._open.values():
                if not each.answer.done():
                    each.answer.set_result({"trouble": "start", "sentence": str(error)})


async def _ended(child: asyncio.subprocess.Process) -> None:
    """End it: it does so by itself where nobody asks any more."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


async def _in_turn(submissions: Any) -> AsyncIterator[Any]:
    if hasattr(submissions, "__aiter__"):
        async for each in submissions:
            yield each
    else:
        for each in submissions:
            yield each
