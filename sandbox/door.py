"""The door: the only way to user code, and the only way back.

The trusted side sends programs and reads answers. It unpickles nothing, runs nothing that came from user code, checks every
number before it is used, and holds the deadlines. Whatever happens behind it ends in a value, never in an exception here.
"""

from __future__ import annotations

import os
import queue
import re
import secrets
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from sandbox.answers import End, EndKind, EntryFault, Limits, Loaded, PartFault, Reply
from sandbox.asking import Asking, Recogniser, encoded, message
from sandbox.clocks import Mark, Meter, counted_between, cpu_between
from sandbox.errors import SandboxUnavailable
from sandbox.exchanged import Posted, Tree, recognised_tree
from sandbox.fields import MALFORMED, LoadFields, ReplyFields, raised_of, read_fields
from sandbox.guest import offences
from sandbox.guest.wire import HEAD, OUT_OF_MEMORY, Decoder, Opened, ProtocolError, body
from sandbox.interruption import whole
from sandbox.limits import limits_met, named_limits
from sandbox.listening import Answers, Outbox, Output, Received
from sandbox.trace_log import TraceCollector, TraceLog

_KILLED = getattr(signal, "SIGKILL", -1)
_ABORTED = getattr(signal, "SIGABRT", -1)  # the end of C++ code that can't go on, as where memory was refused
_OWN_ERROR = re.compile(r"^_inside\.[\w.]+: ")  # the name of an exception of `sandbox.guest`, before its message
MOST_ABSENT = 16  # packages that a file is said to miss
TICK_SECONDS = 0.02
SETTLE_SECONDS = 0.0003
GONE_SECONDS = 5.0
END_SECONDS = 2.0  # that a process has for ending by itself once it has closed its channel


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended: a signal or an exit code, and what it had used.

    Attributes:
        signal: that ended it; 0 where it exited.
        code: it exited with.
        cpu_seconds: it had used.
        peak_bytes: of its resident memory.
        out_of_memory: the system says that it was ended for taking too much.
        why: it ended with what had started it, and why that ended; "" where it ended by itself or that is not known.
    """

    signal: int = 0
    code: int = 0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    out_of_memory: bool = False
    why: str = ""


class Running(Protocol):
    """A confined process that serves one run, as a sandbox hands it to the door."""

    meter: Meter
    tasks: int
    answers: int
    output: int
    memory_is_limited: bool

    def ended_within(self, seconds: float) -> bool:
        """Whether it has ended by itself, or does so within this time."""

    def kill(self) -> None:
        """End it and all that it started, at once."""

    def reap(self) -> Exit:
        """Wait for its end after `kill`, or after it ended by itself.

        Raises:
            SandboxUnavailable: nobody knows how it ended, through no fault of the code in it.
        """


class Door:
    """Talks with one run.

    Args:
        running: the process; the door owns it from now on and ends it.
        limits: what it may use.
        torch: the module where tensors are exchanged, or None for NumPy arrays and plain values.

    Raises:
        SandboxUnavailable: the judge has met a limit of its own; the run is ended.
    """

    def __init__(self, running: Running, limits: Limits, torch: Any) -> None:
        self._running = running
        self._limits = limits
        self._torch = torch
        self._key = secrets.token_bytes(16)
        self._sequence = 0
        self._spent = 0.0
        self._end: End | None = None
        self._exit: Exit | None = None
        self._lost = False
        self._since = running.meter.mark()
        self._cpu: float | None = None
        self._posted: deque[Posted] = deque()  # what was not collected yet
        self._base_bytes = running.meter.resident_bytes() or 0
        try:
            self._answers = Answers(running.answers, self._key, limits.answer_bytes, running.meter)
            self._output = Output(running.output, limits.output_bytes)
            self._outbox = Outbox(running.tasks)
        except RuntimeError as error:  # the system grants no further thread
            self._give_up()
            raise SandboxUnavailable(f"the judge can't listen to a run: {error}. {limits_met(str(error))}") from error

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def end(self) -> End | None:
        """How the run ended, or None while it lives."""
        return self._end

    @property
    def spent_seconds(self) -> float:
        """Time that counted against the run's limit so far."""
        return self._spent

    def output(self) -> str:
        """What the solution printed so far, cut, with a last line that says how much was cut."""
        return self._output.text()

    def abandon(self) -> None:
        """End the run and do not wait until it has ended. Then `close`."""
        if self._exit is None:
            self._running.kill()

    def close(self) -> None:
        """End the run, and free all that it held."""
        try:
            if self._exit is None and not self._lost:
                self._running.kill()
                self._exit = self._reaped()
        finally:
            self._free()

    def _reaped(self) -> Exit:
        """How the process ended; it is asked once.

        Raises:
            SandboxUnavailable: nobody knows.
        """
        try:
            return self._running.reap()
        except SandboxUnavailable:
            self._lost = True
            raise

    def _give_up(self) -> None:
        """End a run that can't be listened to."""
        self._running.kill()
        try:
            self._running.reap()
        finally:
            listening: Answers | None = getattr(self, "_answers", None)
            if listening is not None:
                listening.thread.join(timeout=2)
            self._close_descriptors()

    def _free(self) -> None:
        self._outbox.close()
        for thread in (self._answers.thread, self._output.thread):
            thread.join(timeout=2)
        self._close_descriptors()

    def _close_descriptors(self) -> None:
        with whole():
            for descriptor in (self._running.tasks, self._running.answers, self._running.output):
                if descriptor >= 0:
                    os.close(descriptor)
            self._running.tasks = self._running.answers = self._running.output = -1

    def load(self, spec: dict[str, Any]) -> Loaded:
        """Load a file; `spec` as `sandbox.guest.agent` reads it."""
        self.post_load(spec)
        return self.loaded()

    def post_load(self, spec: dict[str, Any]) -> None:
        """Have a file loaded and do not wait. Then `loaded`."""
        self._send(body(spec, self._torch, keep_layout=True))

    def loaded(self) -> Loaded:
        """What came of it, as `load` returns it."""
        tree = self._receive()
        if tree is None:
            return Loaded(end=self._end)
        try:
            said = read_fields(tree.fields, LoadFields)
        except MALFORMED as error:
            self._stop(EndKind.VIOLATION, f"the answer to loading was malformed ({type(error).__name__})")
            return Loaded(end=self._end)
        faults = tuple(EntryFault(each.name[:200], each.fault[:200], each.detail[:500]) for each in said.faults)
        raised = None if said.raised is None else raised_of(said.raised)
        defined = tuple(name[:200] for name in said.defined)
        absent = tuple(name[:200] for name in said.absent[:MOST_ABSENT])
        return Loaded(defined=defined, faults=faults, raised=raised, absent=absent, end=self._end)

    def post_instead(
        self,
        sources: Sequence[str],
        programs: Sequence[list[dict[str, Any]]],
        *,
        lines: int | None,
        recogniser: Recogniser | None = None,
    ) -> None:
        """Have other texts loaded in place of the file, one after the other, and the programs carried out with each. Then `collect`.

        Args:
            sources: the texts. One that fails to load defines nothing.
            programs: each a list of steps; answered are those of the first text, then those of the second, and so on.
            lines: of a text that may be carried out in each step; None: any number, and each step takes less time.
            recogniser: knows some of the answers.
        """
        asked = [encoded(program, self._torch) for program in programs]
        lengths = [program.steps for program in asked] * len(sources)
        self._post(lengths, recogniser, lambda: message(asked, keep=False, sources=list(sources), lines=lines))

    def measure(self, steps: Sequence[Asking]) -> list[Reply]:
        """Carry out one program, each step in a message of its own (`step_by_step`), so that the CPU time of each can be read."""
        replies: list[Reply] = []
        for place, step in enumerate(steps):
            before = self._settled()
            self.post(step)
            for reply in self.collect()[0]:
                spent = cpu_between(before, self._settled())
                replies.append(msgspec.structs.replace(reply, step=place, cpu_seconds=spent))
            if self._end is not None or replies[-1].raised is not None or replies[-1].part is not None:
                break
        return replies

    def _settled(self) -> Mark:
        """The moment, once the process waits for the next message: until it is off the processor its CPU clock lags behind."""
        time.sleep(SETTLE_SECONDS)
        return self._running.meter.mark()

    def ask(self, programs: Sequence[list[dict[str, Any]]], *, keep: bool = False) -> list[list[Reply]]:
        """Carry out programs, in one message; the replies of each, in order.

        Programs after the one in which the run ended have no replies; `end` says why and where.

        Args:
            programs: each a list of steps.
            keep: the handles of the program before are still there.
        """
        self.post(Asking.of(programs, self._torch, keep=keep))
        return self.collect()

    def post(self, asking: Asking) -> None:
        """Send programs and do not wait: they are carried out while the caller does something else. Then `collect`.

        More can be posted before that: it is carried out after them, and collected after them.
        """
        self._post(asking.lengths, asking.recogniser, lambda: asking.body)

    def _post(
        self, lengths: Sequence[int], recogniser: Recogniser | None, text: Callable[[], tuple[bytes, bytes]]
    ) -> None:
        if self._end is None and lengths:
            self._send(text())
        self._posted.append(Posted(self._sequence, lengths, recogniser))

    def collect(self) -> list[list[Reply]]:
        """The replies to what was posted first, as `ask` returns them."""
        posted = self._posted[0]
        try:
            return self._collected(posted)
        finally:
            self._posted.popleft()

    def _collected(self, posted: Posted) -> list[list[Reply]]:
        lengths = posted.lengths
        answers: list[list[Reply]] = [[] for _ in lengths]
        if self._end is not None or not lengths:
            return answers
        number = 0
        while number < len(lengths):
            if not lengths[number]:
                number += 1
                continue
            tree = self._receive(number, posted)
            if tree is None:
                return answers
            reply = self._reply(tree, number, lengths[number], answers[number])
            if reply is None:
                return answers
            answers[number].append(reply)
            if self._end is not None:
                return answers
            if tree.fields["last"]:
                number += 1
        return answers

    def watch(self, program: list[dict[str, Any]], places: list[dict[str, Any]], steps: Sequence[int]) -> TraceLog:
        """Carry out one program and follow the file's lines in some of its steps; what was seen is kept where the run ends early.

        Args:
            program: a list of steps.
            places: what to look at, as `sandbox.guest.tracer` reads it.
            steps: those to follow, by their places in the program.
        """
        collector = TraceCollector(places, len(program))
        if self._end is None:
            watch = {"places": places, "steps": list(steps)}
            self._send(message([encoded(program, self._torch)], keep=False, watch=watch))
        replies = collector.watched.replies
        while (tree := self._receive(0)) is not None:
            try:
                told = collector.takes(tree.fields)
            except MALFORMED as error:
                self._stop(EndKind.VIOLATION, f"what it told of its lines was malformed ({error})"[:300], 0)
                break
            if not told:
                reply = self._reply(tree, 0, len(program), replies)
                if reply is None:
                    break
                replies.append(reply)
                if tree.fields["last"] or self._end is not None:
                    break
        return collector.watched

    def _reply(self, tree: Tree, number: int, length: int, before: list[Reply]) -> Reply | None:
        """The checked reply; None, with the run ended, where it is none to what was asked."""
        try:
            said: ReplyFields = read_fields(tree.fields, ReplyFields)
            earlier = before[-1].step if before else -1
            if said.program != number or not earlier < said.step < length:
                raise ValueError("an answer to something that was not asked")
            if not said.last and said.step == length - 1:
                raise ValueError("an answer that is not the last where the last is due")
        except MALFORMED as error:
            self._stop(EndKind.VIOLATION, f"an answer was malformed ({error})"[:300], number)
            return None
        raised = None if said.raised is None else raised_of(said.raised)
        part = None if said.part is None else PartFault(said.part[0] == "missing", said.part[1][:500])
        return Reply(
            step=said.step,
            read=tree.read,
            recognised=tree.recognised,
            raised=raised,
            part=part,
            cpu_seconds=self._cpu,
        )

    def _send(self, message: tuple[bytes, bytes]) -> None:
        self._sequence += 1
        text, payload = message
        head = HEAD.pack(self._key, self._sequence, len(text), len(payload))
        if not self._posted:  # else it is at work on what was sent before
            self._since = self._running.meter.mark()
        self._outbox.put(b"".join([head, text, payload]))

    def _receive(self, program: int = -1, posted: Posted | None = None) -> Tree | None:
        """The next frame's tree; None, with `end` set, where there is none."""
        if self._end is not None:
            return None
        received = self._wait(program)
        if received is None:
            return None
        seconds = counted_between(self._since, received.mark)
        gone = (
            received.mark.usage is None and self._since.usage is not None
        )  # it answered and ended: its clock can't be read any more
        if seconds > self._limits.call_seconds and not gone:  # nobody was looking when the time was up
            self._too_long(program)
            return None
        self._cpu = cpu_between(self._since, received.mark)
        self._spent += seconds
        self._since = received.mark
        try:
            if received.sequence == offences.SEQUENCE:
                self._offended(*offences.read(received.text), program)
                return None
            if received.sequence != (self._sequence if posted is None else posted.sequence):
                raise ProtocolError("an answer to something that was not asked")
            opened = Opened(received.text, received.payload)
            recogniser = None if posted is None else posted.recogniser
            if recogniser is not None and recogniser.knows(program, opened):
                return recognised_tree(opened, self._torch)
            fields = Decoder(self._torch).build(opened, opened.node)
            if not isinstance(fields, dict):
                raise ProtocolError("an answer that is none")
        except (ProtocolError, ValueError, TypeError, RuntimeError, MemoryError) as error:
            self._stop(EndKind.VIOLATION, f"it wrote to the judge's channel: {error}", program)
            return None
        return Tree(fields, lambda: fields, recognised=False)

    def _offended(self, kind: str, what: str, program: int) -> None:
        """The run has told an offence, and ends itself; that it might say so of itself untruly harms nobody else."""
        broken = EndKind.VIOLATION if kind == offences.VIOLATION else EndKind.FORBIDDEN
        self._stop(broken, what, program, everywhere=kind == offences.EVERYWHERE)

    def _wait(self, program: int) -> Received | None:
        while True:
            try:
                received = self._answers.get(TICK_SECONDS)
            except queue.Empty:
                if self._over_limit(program):
                    return None
                continue
            if isinstance(received, Received):
                return received
            if received is None:
                self._ended_by_itself(program)
            else:
                self._stop(EndKind.VIOLATION, f"it wrote to the judge's channel: {received}", program)
            return None

    def _over_limit(self, program: int) -> bool:
        now = self._running.meter.mark()
        seconds = counted_between(self._since, now)
        if self._since.usage is not None and now.usage is None:
            seconds -= GONE_SECONDS  # it has ended: its channel closes in a moment, and says how
        if seconds > self._limits.call_seconds:
            self._too_long(program)
        elif self._spent + seconds > self._limits.run_seconds:
            self._stop(
                EndKind.TIME_LIMIT, f"the calls took more than {self._limits.run_seconds:g} seconds in all", program
            )
        elif not self._running.memory_is_limited:
            resident = self._running.meter.resident_bytes()
            if resident is not None and resident > self._base_bytes + self._limits.memory_bytes:
                self._stop(EndKind.MEMORY_LIMIT, _memory_words(self._limits), program)
        return self._end is not None

    def _too_long(self, program: int) -> None:
        if not self._answers.ready:
            raise self._failed(f"a run did not get ready within {self._limits.call_seconds:g} seconds")
        what = "loading the file" if program < 0 else "a call"
        self._stop(EndKind.TIME_LIMIT, f"{what} took more than {self._limits.call_seconds:g} seconds", program)

    def _stop(self, kind: EndKind, message: str, program: int = -1, *, everywhere: bool = False) -> None:
        if self._end is None:
            self._end = End(kind=kind, message=message, program=program, everywhere=everywhere)
        if self._exit is None:
            self._running.kill()
            self._exit = self._reaped()

    def _ended_by_itself(self, program: int) -> None:
        """The channel closed: the process exited, crashed or was killed, or closed its descriptors.

        Raises:
            SandboxUnavailable: it ended through no fault of the code in it.
        """
        has_ended = self._running.ended_within(END_SECONDS)
        self._running.kill()
        self._exit = self._reaped()
        if not self._answers.ready:
            raise self._failed("a run could not be confined")
        number = self._exit.signal
        if number == getattr(signal, "SIGXCPU", -1):
            self._end = End(kind=EndKind.TIME_LIMIT, message="the calls took too much CPU time", program=program)
        elif number == getattr(signal, "SIGSYS", -1):
            self._end = End(kind=EndKind.VIOLATION, message="a system call of a foreign kind", program=program)
        elif self._exit.out_of_memory or self._was_refused_memory(self._exit):
            self._end = End(kind=EndKind.MEMORY_LIMIT, message=_memory_words(self._limits), program=program)
        elif not has_ended:
            self._end = End(kind=EndKind.EXITED, message="the process closed its channel to the judge", program=program)
        elif number == _KILLED and self._exit.cpu_seconds > self._limits.run_seconds:
            self._end = End(kind=EndKind.TIME_LIMIT, message="the calls took too much CPU time", program=program)
        elif number == _KILLED:
            raise SandboxUnavailable(
                self._exit.why
                or "the process in which your file ran was killed from outside (SIGKILL), as a system does whose memory runs out. "
                f"{named_limits('memory')}"
            )
        elif number:
            name = signal.strsignal(number) or f"signal {number}"
            self._end = End(kind=EndKind.CRASHED, message=f"the process crashed ({name})", program=program)
        else:
            self._end = End(
                kind=EndKind.EXITED, message=f"the process ended (exit code {self._exit.code})", program=program
            )

    def _failed(self, what: str) -> SandboxUnavailable:
        """What to raise where the sandbox failed before it had run any of the file: its own last words say why."""
        if self._exit is None and not self._lost:
            self._running.kill()
            self._exit = self._reaped()
        self._output.thread.join(timeout=2)
        said = self.output().strip()
        words = _OWN_ERROR.sub("", said.splitlines()[-1]) if said else "it said nothing"
        return SandboxUnavailable(f"{what}: {words}. {limits_met(said)}".strip())

    def _was_refused_memory(self, how: Exit) -> bool:
        """Whether it says so; an end by SIGABRT is taken for that where it had much."""
        if how.code == OUT_OF_MEMORY:
            return True
        return how.signal == _ABORTED and how.peak_bytes - self._base_bytes > self._limits.memory_bytes // 2


def _memory_words(limits: Limits) -> str:
    return f"it took more than {limits.memory_bytes / (1 << 30):g} GiB of memory"
