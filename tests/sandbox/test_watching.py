"""A run whose lines are followed, in every kind of sandbox: what is seen, and what a file that lies or floods can do about it."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
import torch
from conformance import QUICK, Room, call, construct

from judge.source import as_asked, places_of
from sandbox import EndKind, Limits, Several, TraceLog
from sandbox.guest.tracer import MOST_EVENTS, MOST_NUMBERS, MOST_TIMES, MOST_TOLD
from sandbox.guest.wire import Opaque
from sandbox.trace_log import MOST_KEPT_EVENTS, TraceCollector

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def watch(
    room: Room, source: str, *program: dict[str, Any], framework: str = "numpy", limits: Limits = QUICK
) -> tuple[TraceLog, Any]:
    """What was seen, and how the run ended."""
    places = places_of(ast.parse(source))
    asked = list(program) or [call("f", X if framework == "numpy" else torch.from_numpy(X))]
    with room.door(framework, limits) as door:
        loaded = door.load(room.spec(source, framework))
        assert loaded.raised is None
        watched = door.watch(asked, as_asked(places), range(len(asked)))
        return watched, door.end


def seen(source: str, watched: TraceLog) -> list[tuple[int, str, int, dict[str, Any]]]:
    """Line, event, times and the values by name, of each event."""
    places = places_of(ast.parse(source))
    found = []
    for each in watched.events:
        place = places[each.place]
        names = {"return": ("",), "raise": place.uses}.get(each.event, place.paths)
        found.append((place.head, each.event, each.times, dict(zip(names, each.values, strict=False))))
    return found


def shapes(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value.shape) if hasattr(value, "shape") else value for name, value in values.items()}


def test_each_line_tells_what_it_assigned(room: Room) -> None:
    source = """\
import numpy as np

def helper(y):
    return y.T

def f(x):
    a = (
        x
        + 1
    )
    a[0] = 0
    total: int = 0
    for row in a:
        total += 1
    with np.errstate():
        b, (c, _) = helper(a), (total, 2)
        return b @ a
"""
    watched, end = watch(room, source)
    assert end is None
    assert [(line, event, times, shapes(values)) for line, event, times, values in seen(source, watched)] == [
        (6, "enter", 1, {"x": (2, 3)}),
        (7, "assign", 1, {"a": (2, 3)}),
        (11, "assign", 1, {"a": (2, 3)}),
        (12, "assign", 1, {"total": 0}),
        (13, "assign", 1, {"row": (3,)}),
        (14, "assign", 1, {"total": 1}),
        (13, "assign", 2, {"row": (3,)}),
        (14, "assign", 2, {"total": 2}),
        (3, "enter", 1, {"y": (2, 3)}),
        (4, "return", 1, {"": (3, 2)}),
        (16, "assign", 1, {"b": (3, 2), "c": 2}),
        (17, "return", 1, {"": (3, 3)}),
    ]
    values = [values for line, _, _, values in seen(source, watched) if line in (7, 11)]
    assert np.array_equal(values[0]["a"], X + 1)  # as it was then
    assert np.array_equal(values[1]["a"], np.concatenate([[[0, 0, 0]], X[1:] + 1]))
    assert np.array_equal(watched.replies[-1].fields["value"], values[1]["a"].T @ values[1]["a"])


def test_a_loop_is_told_a_few_times_and_counted(room: Room) -> None:
    source = "def f(x):\n    n = 0\n    while n < 5000:\n        n = n + 1\n    return n\n"
    watched, end = watch(room, source)
    assert end is None
    told = [(event, times, values.get("n")) for line, event, times, values in seen(source, watched) if line == 4]
    assert told == [
        *(("assign", n, n) for n in range(1, MOST_TIMES + 1)),
        *(("again", n, None) for n in (10, 100, 1000) if n > MOST_TIMES),
    ]
    assert sorted(watched.counts.values()) == [1, 1, 1, 5000]
    assert not watched.cut


def test_too_many_lines_are_no_longer_followed_and_the_answer_is_right(room: Room) -> None:
    count = MOST_EVENTS
    source = f"def f(x):\n    n = 0\n    while n < {count}:\n        n += 1\n    return n\n"
    watched, end = watch(room, source)
    assert end is None
    assert watched.replies[-1].fields["value"] == count
    assert watched.cut
    assert not watched.lost


def test_values_are_small_and_of_known_kinds(room: Room) -> None:
    source = f"""\
import numpy as np

def f(x):
    large = np.zeros({MOST_NUMBERS + 1})
    text = "a" * 10**6
    number = 10**5000
    many = list(range(10**5))
    deep = [[[1, 2]]]
    nothing = None
    scalar = np.float32(0.5)
    table = {{"a": 1}}
    return (x, 1)
"""
    watched, _ = watch(room, source)
    found: dict[str, Any] = {}
    for _, _, _, values in seen(source, watched):
        found |= values
    assert isinstance(found["large"], Opaque)
    assert (found["large"].shape, found["large"].dtype) == ((MOST_NUMBERS + 1,), "float64")
    assert len(found["text"]) < 100
    assert isinstance(found["number"], Opaque)
    assert isinstance(found["many"], Several)
    assert (found["many"].count, found["many"].items[:2]) == (10**5, (0, 1))
    assert isinstance(found["deep"].items[0].items[0], Opaque)
    assert found["nothing"] is None
    assert (found["scalar"].dtype, float(found["scalar"])) == (np.float32, 0.5)
    assert isinstance(found["table"], Several)
    assert (found["table"].kind, found["table"].items) == ("dict", ("a", 1))  # keys and values in turn
    assert isinstance(found[""], Several)


def test_an_exception_tells_what_its_line_used(room: Room) -> None:
    source = """\
def inner(y, n):
    try:
        y.nothing
    except AttributeError:
        pass
    return y[n]

def f(x):
    a = x.T
    return inner(a, 7)
"""
    watched, _ = watch(room, source)
    *_, last = [each for each in seen(source, watched) if each[1] == "raise"]
    assert last[0] == 6
    assert shapes({name: last[3][name] for name in ("y", "n")}) == {"y": (3, 2), "n": 7}
    assert watched.replies[-1].raised is not None
    assert [each[:2] for each in seen(source, watched)][-1] == (6, "raise")  # no return is told of what did not return


@pytest.mark.parametrize("way", ["sys.settrace(None)", "sys.settrace(lambda *arguments: None)"])
def test_a_file_that_switches_it_off_spoils_its_own_trace(room: Room, way: str) -> None:
    source = f"import sys\n\ndef later(x):\n    b = x\n    return b\n\ndef f(x):\n    a = x\n    {way}\n    return later(a)\n"
    watched, end = watch(room, source)
    assert end is None
    assert np.array_equal(watched.replies[-1].fields["value"], X)
    assert watched.lost
    assert (8, "assign") in [each[:2] for each in seen(source, watched)]


def test_a_run_that_ends_keeps_what_was_seen(room: Room) -> None:
    hangs = "def f(x):\n    a = x\n    while True:\n        b = a\n"
    watched, end = watch(room, hangs, limits=Limits(call_seconds=1.0, run_seconds=3.0, memory_bytes=512 << 20))
    assert end is not None
    assert end.kind is EndKind.TIME_LIMIT
    assert (2, "assign") in [each[:2] for each in seen(hangs, watched)]
    dies = "import os\n\ndef f(x):\n    a = x\n    os._exit(3)\n"
    watched, end = watch(room, dies)
    assert end is not None
    assert end.kind is EndKind.EXITED
    assert (4, "assign") in [each[:2] for each in seen(dies, watched)]


def test_objects_are_looked_at_without_running_their_code(room: Room) -> None:
    source = """\
import numpy as np

class Meta(type):
    def __eq__(cls, other):
        raise SystemExit(1)
    __hash__ = None

class Evil(metaclass=Meta):
    def __getattr__(self, name):
        raise SystemExit(2)
    @property
    def shape(self):
        raise SystemExit(3)
    def __len__(self):
        raise SystemExit(4)
    def __repr__(self):
        raise SystemExit(5)

class Array(np.ndarray):
    @property
    def shape(self):
        raise SystemExit(6)

class Holder:
    @property
    def value(self):
        raise SystemExit(7)
    @value.setter
    def value(self, given):
        self.given = given

def f(x):
    evil = Evil()
    many = [evil, (evil,)]
    array = x.view(Array)
    holder = Holder()
    holder.value = 3
    return x
"""
    watched, end = watch(room, source)
    assert end is None
    assert np.array_equal(watched.replies[-1].fields["value"], X)
    values = {name: value for each in seen(source, watched) for name, value in each[3].items()}
    assert values["evil"].type_name == "Evil"
    assert values["array"].type_name == "Array"
    assert values["holder.value"].type_name == ""


def test_modules_and_gradients_in_torch(room: Room) -> None:
    source = """\
import torch

class Mine(torch.Tensor):
    @property
    def shape(self):
        raise SystemExit(3)

class M(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(n, n))
        self.n = n

    def forward(self, x):
        y = x @ self.weight
        self.last = y.detach()
        mine = torch.ones(2).as_subclass(Mine)
        with torch.no_grad():
            z = y * 2
        return y + z
"""
    steps = [construct("M", 3), call("m", torch.from_numpy(X))]
    watched, end = watch(room, source, *steps, framework="torch")
    assert end is None
    values = {name: value for each in seen(source, watched) for name, value in each[3].items()}
    tracked: dict[str, bool] = {}
    places = places_of(ast.parse(source))
    for each in watched.events:
        if each.event == "assign":
            tracked |= dict(zip(places[each.place].paths, each.tracked, strict=True))
    assert tuple(values["self.weight"].shape) == (3, 3)
    assert values["self.n"] == 3
    assert values["mine"].type_name == "Mine"
    assert (tracked["y"], tracked["self.last"], tracked["z"]) == (True, False, False)
    assert torch.equal(watched.replies[-1].fields["value"], torch.from_numpy(X).sum(1, keepdim=True).expand(2, 3) * 3)


def test_gradients_and_a_backward_pass_are_followed(room: Room) -> None:
    source = """\
import torch

class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, g):
        back = 3 * g
        return back

def f(x):
    y = x * x
    z = Twice.apply(y)
    return z
"""
    x, upstream = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0])
    step = {"do": "differentiate", "target": "f", "args": [x], "kwargs": {}, "mode": "", "seed": None}
    step |= {"module": None, "parameters": [], "upstream": [upstream]}
    watched, end = watch(room, source, step, framework="torch")
    assert end is None
    places = places_of(ast.parse(source))
    came = {(places[each.place].head, each.event): each.gradient.tolist() for each in watched.gradients}
    assert came[14, "assign"] == [3.0, 30.0]
    assert came[15, "assign"] == [1.0, 10.0]
    assert came[16, "return"] == [1.0, 10.0]
    values = {name: value for each in seen(source, watched) for name, value in each[3].items()}
    assert values["back"].tolist() == [3.0, 30.0]
    assert watched.replies[-1].fields["inputs"][0].tolist() == [6.0, 120.0]


def test_a_flood_of_gradients_is_cut_and_no_offence(room: Room) -> None:
    """A loop of the file's own sends a gradient back to each of sixteen hooks, far more often than is told."""
    source = """\
import torch

def f(x):
    w = torch.ones(3, requires_grad=True)
    for n in range(4000):
        v = w
        (v * x).sum().backward()
    return w.grad
"""
    watched, end = watch(room, source, call("f", torch.ones(3)), framework="torch")
    assert end is None
    assert watched.replies[-1].fields["value"].tolist() == [4000.0] * 3
    assert 0 < len(watched.gradients) <= MOST_TOLD


def test_the_ordinary_run_is_not_traced(room: Room) -> None:
    source = "import sys\n\ndef f():\n    return sys.gettrace() is None\n"
    assert room.run(source).value is True


PLACES = as_asked(places_of(ast.parse("def f(x):\n    a, b = x, x\n    return a\n")))
TOLD: dict[str, Any] = {
    "step": 0,
    "place": 1,
    "event": "assign",
    "times": 1,
    "values": [1, 2],
    "tracked": [False, False],
}


@pytest.mark.parametrize(
    "change",
    [
        {"place": 99},
        {"place": -1},
        {"place": True},
        {"step": 1},
        {"event": "explode"},
        {"times": 0},
        {"times": 1 << 60},
        {"values": [1]},
        {"values": [1, 2, 3]},
        {"values": {"a": 1}},
        {"tracked": [False]},
        {"tracked": ["no", "no"]},
    ],
)
def test_what_was_not_asked_about_is_refused(change: dict[str, Any]) -> None:
    assert TraceCollector(PLACES, 1).takes({"seen": TOLD})
    with pytest.raises((ValueError, TypeError)):
        TraceCollector(PLACES, 1).takes({"seen": TOLD | change})


@pytest.mark.parametrize("change", [{"place": 99}, {"step": 1}, {"index": "no"}, {"event": "explode"}, {"times": None}])
def test_a_gradient_that_was_not_asked_about_is_refused(change: dict[str, Any]) -> None:
    told = {"step": 0, "place": 1, "event": "assign", "times": 1, "index": 0, "gradient": np.ones(2)}
    collector = TraceCollector(PLACES, 1)
    assert collector.takes({"gradient": told})
    assert len(collector.watched.gradients) == 1
    with pytest.raises((ValueError, TypeError)):
        collector.takes({"gradient": told | change})


def test_lies_about_values_become_something_unknown() -> None:
    collector = TraceCollector(PLACES, 1)
    endless = {"kind": "list", "count": 5, "items": [{"kind": "list", "count": 1, "items": [{"kind": "list"}]}] * 9}
    collector.takes({"seen": TOLD | {"values": [endless, {"kind": "tuple", "count": "many", "items": []}]}})
    collector.takes({"seen": TOLD | {"values": [np.zeros(MOST_NUMBERS + 1), b"bytes"]}})
    (nested, unknown), (large, data) = (each.values for each in collector.watched.events)
    assert len(nested.items) == 8
    assert all(isinstance(each, Opaque) for each in (nested.items[0].items[0], unknown, large, data))


def test_an_answer_is_no_event_and_a_flood_is_refused() -> None:
    collector = TraceCollector(PLACES, 1)
    assert not collector.takes({"value": 1, "program": 0, "step": 0, "last": True})
    nothing = {"watched": {"step": 0, "counts": [], "cut": False, "lost": False}}
    for _ in range(MOST_KEPT_EVENTS):
        collector.takes(nothing)
    with pytest.raises(ValueError, match="more was told"):
        collector.takes(nothing)
