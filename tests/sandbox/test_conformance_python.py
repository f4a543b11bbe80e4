"""Solutions in plain Python: no array module is there, objects and functions that the judge supplies work in every sandbox."""

from __future__ import annotations

from typing import Any

from conformance import Room, call, construct

from sandbox import EndKind
from sandbox.guest.given import TokenScores
from sandbox.guest.wire import Given, Handle

MODEL = Given("token_scores", {"vocabulary": 4, "seed": 3, "scores": "ordinary"})
SOURCE = """
import sys

class Value:
    def __init__(self, data):
        self.data = float(data)

    def __add__(self, other):
        return Value(self.data + (other.data if isinstance(other, Value) else other))

    __radd__ = __add__

    def twice(self):
        return Value(2 * self.data)

def echo(*values):
    return list(values)

def loaded():
    return sorted(name for name in sys.modules if name.split('.')[0] in ('numpy', 'torch', 'einops'))

def found(module):
    try:
        __import__(module)
    except ImportError as error:
        return str(error)
    return 'imported'

def ask(model, prefix):
    row = model(prefix)
    row[0] = 'mine'
    return model(prefix)

def spoil(model):
    type(model).__call__ = lambda self, prefix: [0.0]
    model.calls = -1
    return model([])

def globals_of(model):
    near = type(model).__call__.__globals__
    return sorted({'Reference', 'CHECKS', 'beam_search', 'torch', 'np'} & {name for name in near if near[name] is not None})
"""


def step(do: str, **fields: Any) -> dict[str, Any]:
    return {"do": do, "seed": 0, **fields}


def test_plain_values_come_and_go_as_they_are(room: Room) -> None:
    values = [
        None,
        True,
        1,
        1.5,
        "text",
        b"\x00\xff",
        [1, [2]],
        (1, (2.0,)),
        {"a": (1,), 2: [None]},
        10**30,
        float("inf"),
    ]
    run = room.run(SOURCE, [call("echo", *values)], framework="python")
    assert run.value == values
    assert [type(mine) for mine in run.value] == [type(value) for value in values]


def test_no_array_module_is_loaded_or_can_be(room: Room) -> None:
    run = room.run(SOURCE, [call("loaded")], [call("found", "numpy")], framework="python")
    assert run.replies[0][-1].fields["value"] == []
    assert run.value != "imported"
    forbidden = room.run(SOURCE, [call("found", "numpy")], framework="python", packages=("numpy",))
    assert forbidden.ended is EndKind.FORBIDDEN


def test_objects_are_combined_by_operators_and_looked_at(room: Room) -> None:
    operations = (("Value", (0,)), ("+", (2, 1)), ("+", (1, -1)), ("twice", (-1,)))
    program = [
        construct("Value", 7, into="m"),
        step("compute", inputs=(1, 0.5), operations=operations, times=1, into="v", names={"y": -1}),
        step("look", of=(Handle("m"), Handle("v", (2,)), Handle("y")), attributes=("data",)),
        step("compute", inputs=(Handle("m"), 1), operations=(("+", (-2, -1)),) * 3, times=1000, into="w", names={}),
        step("look", of=(Handle("w", (2,)),), attributes=("data",)),
        step("look", of=(Handle("w", (1,)),), attributes=("data",)),
    ]
    (replies,) = room.run(SOURCE, program, framework="python").replies
    assert [reply.fields.get("value") for reply in replies[:2]] == [[7.0, 1.0, 4.0], [8.0]]
    assert replies[-1].part is not None
    assert replies[-1].part.message == "w[1] is an int, which has no `data`"


def test_a_function_is_made_from_data_and_the_solution_harms_its_own_only(room: Room) -> None:
    right = TokenScores(4, 3, "ordinary")
    program = [
        step("put", into="f", value=MODEL),
        call("ask", Handle("f"), [1, 2]),
        step("look", of=(Handle("f"),), attributes=("calls",)),
        call("globals_of", Handle("f")),
        call("spoil", Handle("f")),
    ]
    run = room.run(SOURCE, program, [call("ask", MODEL, [1, 2])], framework="python")
    asked, calls, names, spoiled = [reply.fields["value"] for reply in run.replies[0]]
    assert (asked, calls, names, spoiled) == (right([1, 2]), [2], [], [0.0])
    assert run.end is None
    assert room.run(SOURCE, [call("ask", MODEL, [1, 2])], framework="python").value == right([1, 2])


def test_a_prefix_that_is_none_is_refused_in_words(room: Room) -> None:
    programs = [[call("ask", MODEL, prefix)] for prefix in ([4], [-1], [True], "01", [0.0], 3)]
    run = room.run(SOURCE, *programs, framework="python")
    said = [replies[-1].raised.message for replies in run.replies if replies[-1].raised]
    assert said[:2] == [
        "log_probs was asked about token 4; tokens are 0 to 3",
        "log_probs was asked about token -1; tokens are 0 to 3",
    ]
    assert len(said) == len(programs)
    assert all(message.startswith("log_probs takes a list or tuple of ints") for message in said[2:])
