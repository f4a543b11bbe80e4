"""One run, from the inside: load the file, then carry out programs until the channel closes.

Runs in a process of its own, which is thrown away after. What it sends is believed by nobody: the trusted side checks it.
"""

from __future__ import annotations

import inspect
import linecache
import os
import sys
import types
from typing import Any

from . import absent, confining, line_limit
from .faults import describe_exception
from .interpreter import Interpreter, MissingPart
from .offences import Offend, ender
from .reopened import Reopened
from .signatures import misfit
from .tracer import Tracer
from .wire import HEAD, READY, Decoder, pack, unpack_head
from .world import World

MODULE = "solution"


class Channel:
    """Frames over two descriptors that nothing else in the process has a name for."""

    def __init__(self, read_fd: int, write_fd: int, torch: Any) -> None:
        self._read_fd = read_fd
        self.torch = torch
        self._write_fd = write_fd
        self.key = b"\0" * 16
        self._os_read = os.read
        self._os_write = os.write

    def announce(self) -> None:
        """Say that the run is confined and waits for its file."""
        self._os_write(self._write_fd, READY)

    def receive(self) -> tuple[int, Any] | None:
        """Sequence number and tree of the next frame; None where the judge has closed the channel."""
        head = self._exactly(HEAD.size)
        if head is None:
            return None
        key, sequence, text_bytes, payload_bytes = unpack_head(bytes(head), most_bytes=1 << 34)
        self.key = key
        text = self._exactly(text_bytes)
        payload = self._exactly(payload_bytes)
        if text is None or payload is None:
            return None
        return sequence, Decoder(self.torch).decode(bytes(text), payload)

    def reporter(self) -> Offend:
        """A function that tells the judge of an offence and ends this process, once the judge has said by what key it is believed."""
        pack, key = HEAD.pack, self.key
        return ender(self._write_fd, lambda sequence, text_bytes: pack(key, sequence, text_bytes, 0))

    def _exactly(self, count: int) -> bytearray | None:
        data = bytearray()
        while len(data) < count:
            part = self._os_read(self._read_fd, min(count - len(data), 1 << 20))
            if not part:
                return None
            data += part
        return data

    def send(self, sequence: int, tree: Any) -> None:
        """Send one frame."""
        view = memoryview(pack(self.key, sequence, tree, self.torch, keep_layout=False))
        while view:
            view = view[self._os_write(self._write_fd, view) :]


class Agent:
    """Serves the frames of one run.

    Args:
        channel: to the judge.
        reopened: folders of packages that are reached by descriptors.
    """

    def __init__(self, channel: Channel, reopened: Reopened) -> None:
        self._channel = channel
        self._reopened = reopened
        self._torch = channel.torch
        self._filename = ""
        self._tracer: Tracer | None = None
        self._doubts: dict[str, str] = {}  # why entry points that take anything may not take what is asked
        self._flush = (sys.stdout.flush, sys.stderr.flush)

    def serve(self) -> None:
        """Answer until the judge closes the channel."""
        self._channel.announce()
        received = self._channel.receive()
        if received is None:
            return
        sequence, spec = received
        self._confine(spec)
        self._world = World(self._torch)
        reply, names = self._load(spec)
        self._send(sequence, reply)
        self._interpreter = Interpreter(names, self._torch, self._world.theirs)
        while (received := self._channel.receive()) is not None:
            sequence, message = received
            if "sources" in message:
                self._instead(sequence, spec, message)
                continue
            if "watch" in message:
                self._watch(sequence, message["watch"], names)
            for number, encoded in enumerate(message["programs"]):
                if not message["keep"]:
                    self._interpreter.begin()
                self._program(sequence, number, self._decoded(encoded))

    def _instead(self, sequence: int, spec: dict[str, Any], message: dict[str, Any]) -> None:
        """Load other texts in place of the file, one after the other, and carry out the programs with each.

        One that does not load has no names.
        """
        number = 0
        for source in message["sources"]:
            _, names = self._load({**spec, "source": source, "entry": []})
            calling, most = self._world.theirs, message["lines"]
            limited = calling if most is None else line_limit.around(calling, self._filename, most)
            self._interpreter = Interpreter(names, self._torch, limited)
            for encoded in message["programs"]:
                self._interpreter.begin()
                self._program(sequence, number, self._decoded(encoded))
                number += 1

    def _decoded(self, encoded: tuple[bytes, bytes]) -> list[dict[str, Any]]:
        """A program; its arrays are its own."""
        text, payload = encoded
        program: list[dict[str, Any]] = Decoder(self._torch).decode(text, payload)
        return program

    def _confine(self, spec: dict[str, Any]) -> None:
        """Limits, forbidden functions and the audit hook, before the user's file is seen."""
        sites, readable = ([self._reopened.path(path) for path in spec[which]] for which in ("sites", "readable"))
        confining.confine(spec, sites, readable, self._channel.reporter, self._torch)

    def _watch(self, sequence: int, watch: dict[str, Any], names: dict[str, Any]) -> None:
        """Follow the file's lines from now on, in the steps that are asked for, and tell what they assign as it happens."""
        self._tracer = Tracer(
            self._filename, watch["places"], watch["steps"], self._torch, lambda seen: self._send(sequence, seen)
        )
        around = self._tracer.around(self._world.theirs)
        self._interpreter = Interpreter(names, self._torch, around, self._tracer.following)

    def _send(self, sequence: int, reply: dict[str, Any]) -> None:
        for flush in self._flush:
            try:
                flush()
            except (OSError, ValueError):
                continue  # user code may close its own standard output; that is no offence
        self._channel.send(sequence, reply)

    def _load(self, spec: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Carry out a file; once more without an import at its top that failed. What it defines, and its names."""
        missing: list[str] = []
        replaced: Any = spec["source"]
        while True:
            names, error = self._executed(spec, replaced)
            if error is None:
                break
            package = absent.missing_of(error, missing, [*spec["forbidden_packages"], *spec.get("beside", ())])
            changed = absent.without(spec["source"], self._filename, [*missing, package]) if package else None
            if changed is None:
                return {"raised": describe_exception(error, self._filename), "absent": missing}, {}
            missing.append(package)
            replaced = changed
        try:
            return self._looked_over(spec, names) | {"absent": missing}, names
        except BaseException as raised:  # what a file defines may answer to being looked at with anything
            return {"raised": describe_exception(raised, self._filename), "absent": missing}, {}

    def _executed(self, spec: dict[str, Any], code: Any) -> tuple[dict[str, Any], BaseException | None]:
        """The names of a module after its code, a text or a tree, was carried out; and what that raised."""
        self._filename = spec["filename"]
        module = types.ModuleType(MODULE)
        module.__file__ = self._filename
        sys.modules[MODULE] = module
        lines = spec["source"].splitlines(keepends=True)
        linecache.cache[self._filename] = (len(spec["source"]), None, lines, self._filename)
        try:
            compiled = compile(code, self._filename, "exec", dont_inherit=True)
            with self._world.theirs(spec["seed"]):
                if not isinstance(code, str):
                    exec(absent.SOURCE, module.__dict__)
                exec(compiled, module.__dict__)
        except BaseException as error:  # everything that a file can raise is an answer
            return {}, error
        return dict(module.__dict__), None

    def _looked_over(self, spec: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
        """What the file defines, and what is wrong with its entry points."""
        defined = sorted(name for name in names if isinstance(name, str) and not name.startswith("__"))[:200]
        own = [name for name in defined if getattr(names[name], "__module__", None) == MODULE]
        problems = [fault for entry in spec["entry"] if (fault := self._entry_fault(entry, names))]
        return {"defined": own, "faults": problems}

    def _entry_fault(self, entry: dict[str, Any], names: dict[str, Any]) -> dict[str, Any] | None:
        """What is wrong with an entry point, or None."""
        name = entry["name"]
        if name not in names:
            return {"name": name, "fault": "missing", "detail": ""}
        found = names[name]
        if entry["kind"] in ("class", "object"):
            if not isinstance(found, type):
                return {"name": name, "fault": "not a class", "detail": type(found).__name__}
            if entry["kind"] == "class" and self._torch is not None and not issubclass(found, self._torch.nn.Module):
                return {"name": name, "fault": "not a module", "detail": ""}
        elif not callable(found) or isinstance(found, type):
            return {"name": name, "fault": "not a function", "detail": type(found).__name__}
        if fault := self._misfit(name, found, entry["parameters"]):
            return fault
        for method, parameters in entry["methods"].items():
            function = inspect.getattr_static(found, method, None)
            if function is None:
                return {"name": f"{name}.{method}", "fault": "missing method", "detail": ""}
            function = getattr(found, method)
            plain = isinstance(inspect.getattr_static(found, method), (staticmethod, classmethod))
            if fault := self._misfit(f"{name}.{method}", function, parameters, unbound=not plain):
                return fault
        return None

    def _misfit(
        self, name: str, found: Any, parameters: list[dict[str, Any]], *, unbound: bool = False
    ) -> dict[str, Any] | None:
        """Why it can't be called as is asked. Where only the call can tell, that is kept until it has failed."""
        found_misfit = misfit(found, parameters, unbound=unbound)
        if found_misfit is None:
            return None
        if found_misfit.certain:
            return {"name": name, "fault": "signature", "detail": found_misfit.detail}
        self._doubts[name] = found_misfit.detail
        return None

    def _doubted(self, step: dict[str, Any], error: BaseException) -> list[str] | None:
        """The doubt that a call has confirmed, as a part that is missing: it was refused for its arguments."""
        target = str(step.get("target", "")).rsplit(".", 1)[-1]
        refused = isinstance(error, TypeError) and "argument" in str(error)
        for name, detail in self._doubts.items() if refused else ():
            called = name.rsplit(".", 1)[-1]
            if called == target or (called in ("forward", "__call__") and step["do"] != "construct"):
                return ["missing", f"`{name}` does not take the arguments that are asked for: {detail}"]
        return None

    def _program(self, sequence: int, number: int, program: list[dict[str, Any]]) -> None:
        """Carry out one program, a frame for each answer."""
        for place, step in enumerate(program):
            reply: dict[str, Any] | None
            if self._tracer is not None:
                self._tracer.begin(place)
            try:
                reply = self._interpreter.run(step)
            except MissingPart as error:
                reply = {"part": [error.kind, str(error)]}
            except BaseException as error:  # everything that a call can raise is an answer
                doubted = self._doubted(step, error)
                reply = {"part": doubted} if doubted else {"raised": describe_exception(error, self._filename)}
            self._world.restore()
            if self._tracer is not None:
                self._tracer.end()
            last = place == len(program) - 1
            ended = reply is not None and ("raised" in reply or "part" in reply) and not step.get("may_raise")
            if reply is None and not (last or step.get("may_raise")):
                continue
            reply = reply or {}
            reply |= {"program": number, "step": place, "last": last or ended}
            try:
                self._send(sequence, reply)
            except (ValueError, TypeError, RuntimeError, RecursionError, MemoryError) as error:
                kind = {"raised": describe_exception(error, self._filename)}
                self._send(sequence, kind | {"program": number, "step": place, "last": True})
                ended = True
            if ended:
                break
