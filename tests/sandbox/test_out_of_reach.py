"""What user code finds where it follows every reference that Python's own attributes give: nothing that watches over it."""

from __future__ import annotations

import pytest
from conformance import Room, call

from sandbox import EndKind, Limits

PATIENT = Limits(call_seconds=60.0, run_seconds=60.0, memory_bytes=1 << 30)

# Follows modules, frames, tracebacks, classes with their subclasses, functions, methods, containers and attributes of objects, from
# wherever it starts, and tells by what way it came to something that `wanted` names.
WALKER = """
import builtins, sys, threading, types

def told(kind, name, found):
    # whether this attribute only tells what an object holds; others of a library make something new each time
    if type(found) is types.MemberDescriptorType or name == "__dict__":
        return True
    return type(found) is types.GetSetDescriptorType and kind.__module__ in ("builtins", "functools", "types")

def parts(thing):
    kind = type(thing)
    if issubclass(kind, dict):
        yield from ((f"[{key!r:.40}]" if type(key) is str else "value", value) for key, value in list(dict.items(thing)))
        yield from (("key", key) for key in list(dict.keys(thing)))
    elif issubclass(kind, (list, tuple, set, frozenset)):
        base = next(each for each in (list, tuple, set, frozenset) if issubclass(kind, each))
        yield from ((f"[{place}]", value) for place, value in enumerate(list(base.__iter__(thing))))
    if issubclass(kind, type):
        yield from (("subclass", each) for each in type.__subclasses__(thing))
        yield "dict", dict(type.__dict__["__dict__"].__get__(thing))
    yield "type", kind
    for each in type.__dict__["__mro__"].__get__(kind):
        for name, found in list(type.__dict__["__dict__"].__get__(each).items()):
            if told(each, name, found):
                try:
                    yield name, found.__get__(thing)
                except BaseException:
                    continue

def walked(start, wanted, most=3_000_000):
    seen, found, waiting = {}, [], [(start, "start")]
    while waiting and len(seen) < most:
        thing, way = waiting.pop()
        if id(thing) in seen or type(thing) in (int, float, str, bytes, bool, type(None)):
            continue
        seen[id(thing)] = thing
        if wanted(thing):
            found.append(way)
            continue
        waiting += [(value, f"{way} {name}"[-200:]) for name, value in parts(thing)]
    return found, len(seen)

def traceback():
    try:
        open("/proc/nothing")
    except OSError as error:
        return error

def everything():
    frame = sys._getframe()
    return [sys.modules, builtins, object, type, frame, sys.meta_path, sys.path_hooks, traceback(), threading.enumerate()]
"""

SEARCH = """
def of_ctypes(kind):
    return str(type.__getattribute__(kind, "__module__")).split(".")[0] in ("ctypes", "_ctypes")

def wanted(thing):
    kind = type(thing)
    if kind is types.FunctionType:
        listens = thing.__name__ == "hook" and "__name__" not in thing.__globals__
        return listens or thing.__code__.co_name == "look"
    return of_ctypes(kind) or issubclass(kind, type) and of_ctypes(thing)

def f():
    return walked(everything(), wanted)
"""
RESETS = """
import torch

def f():
    walked(everything(), lambda thing: type(thing).__name__ == "_DispatchModule" and (thing.reset(), kept.append(thing)))
    print(len(kept), "libraries of overrides are reset")
    one = torch.ones(1, 1, 1)
    getattr(torch, "ls" + "tm")(one, [one, one], [torch.ones(4, 1)] * 2, False, 1, 0.0, False, False, True)

kept = []
"""


@pytest.mark.parametrize("framework", ["python", "numpy", pytest.param("torch", marks=pytest.mark.slow)])
def test_nothing_leads_to_ctypes_or_to_the_hook(open_room: Room, framework: str) -> None:
    skip_but_once(open_room)
    run = open_room.run(WALKER + SEARCH, [call()], framework=framework, limits=PATIENT)
    assert run.end is None, run.end
    assert run.raised is None, run.raised
    found, many = run.value
    assert found == []
    assert many > {"python": 10_000, "numpy": 30_000, "torch": 200_000}[framework]


@pytest.mark.slow
def test_an_operator_stays_forbidden_where_every_library_of_overrides_is_reset(open_room: Room) -> None:
    skip_but_once(open_room)
    run = open_room.run(WALKER + RESETS, [call()], framework="torch", limits=PATIENT, operators=["aten::lstm*"])
    assert "libraries of overrides are reset" in run.output
    assert not run.output.startswith("0 ")
    assert run.ended is EndKind.FORBIDDEN, run


def test_the_walk_finds_what_can_be_found(open_room: Room) -> None:
    skip_but_once(open_room)
    source = (
        WALKER
        + "kept = [print, [lambda: [].append]]\ndef f():\n    return walked(everything(), lambda thing: thing is kept[1][0])\n"
    )
    run = open_room.run(source, limits=PATIENT)
    found, _ = run.value
    assert found
    assert run.ended is not EndKind.FORBIDDEN


def skip_but_once(room: Room) -> None:
    """A walk through all that torch holds takes long."""
    if room.kind.name != "linux":
        pytest.skip("one kind stands for all: what can be reached does not depend on what isolates a run")
