"""What every sandbox carries to user code and back, and what it keeps from one run to the next: nothing."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
import torch
from conformance import QUICK, Entry, Room, call, construct

from sandbox import EndKind, step_by_step
from sandbox.guest.wire import Handle, Opaque

MODULE = """
import torch

class Net(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = torch.nn.Linear(width, width)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.linear(x), x

    def count(self):
        return self.calls

def double_in_place(x):
    x *= 2
    return x

def draw(n):
    return torch.rand(n)

def mean(x, weights=None):
    return (x * weights).sum()
"""


def test_torch_module_goes_all_the_way(room: Room) -> None:
    x = torch.arange(6.0).reshape(3, 2).T
    weight, bias = torch.tensor([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]), torch.ones(3)
    program = [
        construct("Net", 3),
        {"do": "assign", "module": "m", "state": {"linear.weight": weight, "linear.bias": bias}},
        {"do": "put", "into": "x", "value": x},
        call("m", Handle("x"), into="out"),
        call("double_in_place", Handle("out", (1,)), echo=True),
        call("m.count"),
        {"do": "overwrite", "into": "x", "value": x + 1},
        {"do": "differentiate", "target": "m", "args": (Handle("x"),), "kwargs": {}, "seed": 0}
        | {"upstream": (torch.ones(2, 3), None), "module": "m", "parameters": ("linear.weight", "linear.bias")},
        {"do": "read", "module": "m", "names": ("linear.bias",), "identical": {"linear.bias": "out"}},
    ]
    run = room.run(MODULE, program, framework="torch", entry=[Entry("Net", "class", ("width",), ("count",))])
    assert run.loaded.faults == ()
    assert run.loaded.defined == ("Net", "double_in_place", "draw", "mean")
    assert run.end is None
    first, doubled, count, derived, read = run.replies[0]
    assert [reply.step for reply in run.replies[0]] == [3, 4, 5, 7, 8]
    assert type(first.fields["value"]) is tuple
    assert torch.equal(first.fields["value"][0], x * 2 + 1)
    assert torch.equal(doubled.fields["value"], x * 2)
    assert torch.equal(doubled.fields["echo"][0][0], x * 2)
    assert count.fields["value"] == 1
    assert torch.equal(derived.fields["value"][0], (x + 1) * 2 + 1)
    assert torch.equal(derived.fields["inputs"][0], torch.full((2, 3), 2.0))
    assert torch.equal(derived.fields["parameters"]["linear.bias"], torch.full((3,), 2.0))
    assert torch.equal(read.fields["parameters"]["linear.bias"], bias)
    assert read.fields["trainable"] == {"linear.weight": (3, 3), "linear.bias": (3,)}
    assert read.fields["same"] == {"linear.bias": False}


def test_numpy_arrays_go_all_the_way(room: Room) -> None:
    source = """
import numpy as np
def f(x, *rest, scale=1.0):
    return x.T * scale, x.strides, rest
def g(x):
    x[0] = 9
    return x
"""
    x = np.arange(12.0).reshape(3, 4)[::-1, ::2]
    plain = (None, True, 3, 2.5, "text é", b"\0\xff", [1, (2,)], {"a": 1})
    run = room.run(source, [call("f", x, *plain, kwargs={"scale": 2.0})], [call("g", x, echo=True, into="y")])
    transposed, strides, rest = run.replies[0][0].fields["value"]
    assert np.array_equal(transposed, x.T * 2)
    assert strides == x.strides
    assert rest == plain
    changed = x.copy()
    changed[0] = 9
    assert np.array_equal(run.replies[1][0].fields["echo"][0][0], changed)
    assert np.array_equal(x, np.arange(12.0).reshape(3, 4)[::-1, ::2])


def test_views_of_one_tensor_arrive_as_views_of_one_tensor(room: Room) -> None:
    source = "def f(a, b, c):\n    a.fill(7)\n    return b, c, a is c\n"
    base = np.zeros((2, 3))
    run = room.run(source, [call("f", base[0], base, base[0])], [call("f", *[base[0]] * 3)])
    b, c, same = run.replies[0][0].fields["value"]
    assert np.array_equal(b, [[7, 7, 7], [0, 0, 0]])
    assert np.array_equal(c, [7, 7, 7])
    assert not same
    assert run.replies[1][0].fields["value"][2]


def test_same_seed_draws_the_same(room: Room) -> None:
    program = [call("draw", 3, seed=5), call("draw", 3, seed=5), call("draw", 3, seed=6)]
    first, second, third = (r.fields["value"] for r in room.run(MODULE, program, framework="torch").replies[0])
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


def test_programs_do_not_see_each_others_objects(room: Room) -> None:
    source = "import numpy as np\ndef f():\n    return np.ones(2)\ndef g(x):\n    return x\n"
    run = room.run(source, [call("f", into="x")], [call("g", Handle("x"))], [call("g", 1)])
    assert run.replies[1][0].raised.type_name == "KeyError"
    assert run.value == 1


def test_program_ends_where_a_step_raises_and_the_next_goes_on(room: Room) -> None:
    source = "def f(x):\n    return 1 // x\n"
    run = room.run(source, [call("f", 0), call("f", 1)], [call("f", 0, may_raise=True), call("f", 1)])
    assert [reply.step for reply in run.replies[0]] == [0]
    raised = run.replies[0][0].raised
    assert raised.type_name == "ZeroDivisionError"
    assert [(frame.line, frame.function) for frame in raised.frames] == [(2, "f")]
    assert [reply.step for reply in run.replies[1]] == [0, 1]
    assert run.value == 1


def test_measured_steps_tell_their_own_time(room: Room) -> None:
    source = "def f(n):\n    return sum(range(n))\n"
    with room.door() as door:
        door.load(room.spec(source))
        replies = door.measure(step_by_step([call("f", 10), call("f", 3_000_000), call("f", 20)], None))
    assert [reply.fields["value"] for reply in replies] == [sum(range(n)) for n in (10, 3_000_000, 20)]
    short, long, _ = (reply.cpu_seconds for reply in replies)
    assert short is None or (long > 0.01 and long > short)


def test_what_a_run_leaves_behind_is_gone_in_the_next(room: Room) -> None:
    modules = "import builtins, numpy, os, sys\n"
    leave = modules + "numpy.left = builtins.left = sys.left = 1\nos.environ['LEFT'] = '1'\ndef f(): return 1\n"
    look = modules + "def f(): return [hasattr(x, 'left') for x in (numpy, builtins, sys)], 'LEFT' in os.environ\n"
    assert room.run(leave).value == 1
    assert room.run(look).value == ([False] * 3, False)


def test_two_runs_at_once_do_not_meet(room: Room) -> None:
    source = "kept = []\ndef f(x):\n    kept.append(x)\n    return tuple(kept)\n"
    with room.door() as one, room.door() as other:
        assert one.load(room.spec(source)).end is None
        assert other.load(room.spec(source)).end is None
        one.ask([[call("f", 1)]])
        assert other.ask([[call("f", 2)]])[0][0].fields["value"] == (2,)
        assert one.ask([[call("f", 3)]])[0][0].fields["value"] == (1, 3)


def test_a_run_that_is_not_loaded_ends_when_it_is_closed(room: Room) -> None:
    door = room.door()
    door.close()
    assert door.end is None


def test_a_run_can_be_closed_while_it_works(room: Room) -> None:
    with room.door() as door:
        door.load(room.spec("import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\n"))
    assert door.end is None


def test_a_template_that_was_killed_is_replaced(room: Room) -> None:
    if not room.kind.warm:
        pytest.skip("this kind has no template")
    other = Room(room.kind)
    try:
        with other.door() as door:
            assert door.load(other.spec("def f(): return 1\n")).end is None
            os.kill(other.pid("numpy") or 0, signal.SIGKILL)
            assert other.run("def f(): return 2\n").value == 2
        assert door.end is None
    finally:
        other.close()


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("g = 1", "missing"),
        ("f = 1", "not a function"),
        ("class f: pass", "not a function"),
        ("def f(a): pass", "signature"),
        ("def f(a, c): pass", "signature"),
        ("def f(b, a): pass", "signature"),
        ("def f(a, *, b): pass", "signature"),
        ("def f(a, b, c): pass", "signature"),
    ],
)
def test_an_entry_point_that_does_not_fit_is_told(room: Room, source: str, fault: str) -> None:
    run = room.run(source + "\n", [], entry=[Entry("f", parameters=("a", "b"))])
    assert [each.fault for each in run.loaded.faults] == [fault]


PLAIN = """
class Halver:
    def __init__(self, params):
        self.params = list(params)

    def step(self):
        for param in self.params:
            param.data -= param.grad / 2
            param.grad = None
"""


def test_an_object_that_is_no_module_works_on_parameters_and_their_gradients(room: Room) -> None:
    program = [
        construct("torch.nn.ParameterList", [torch.ones(2), torch.zeros(())]) | {"into": "p"},
        construct("Halver", [Handle("p", (0,))]) | {"into": "opt"},
        {"do": "assign", "module": "p", "state": {"0.grad": torch.tensor([2.0, 4.0]), "1.grad": torch.tensor(1.0)}},
        call("opt.step"),
        {"do": "read", "module": "p", "names": ("0", "0.grad", "1.grad"), "identical": {}},
    ]
    run = room.run(PLAIN, program, framework="torch", entry=[Entry("Halver", "object", ("params",), ("step",))])
    assert run.loaded.faults == ()
    read = run.replies[0][-1].fields["parameters"]
    assert read["0"].tolist() == [0.0, -1.0]
    assert read["0.grad"] is None
    assert read["1.grad"].tolist() == 1.0
    as_class = room.run(PLAIN, [], framework="torch", entry=[Entry("Halver", "class", ("params",), ("step",))])
    assert [each.fault for each in as_class.loaded.faults] == ["not a module"]


def test_looking_at_what_a_file_defines_is_safe(room: Room) -> None:
    source = """
class Lying:
    __class__ = property(lambda self: 1 / 0)
    __module__ = property(lambda self: 1 / 0)
    def __getattr__(self, name): raise SystemExit
    def __call__(self): return 1
x = Lying()
def f(): return 1
f.__signature__ = 3
"""
    run = room.run(source, [call()], entry=[Entry("f"), Entry("x")])
    assert run.loaded.raised.type_name == "ZeroDivisionError" if run.loaded.raised else run.value == 1


@pytest.mark.parametrize(
    ("source", "kind", "exit_words"),
    [
        ("import sys; sys.exit(0)", None, ""),
        ("raise KeyboardInterrupt", None, ""),
        ("import os; os._exit(0)", EndKind.EXITED, "exit code 0"),
        ("import os; os._exit(3)", EndKind.EXITED, "exit code 3"),
        ("import os; os.abort()", EndKind.CRASHED, "Aborted"),
        ("import signal; signal.raise_signal(signal.SIGSEGV)", EndKind.CRASHED, "Segmentation"),
        ("import os; os.closerange(0, 300)", EndKind.EXITED, ""),
    ],
)
@pytest.mark.parametrize("where", ["import", "call"])
def test_an_end_is_told_apart(room: Room, source: str, kind: EndKind | None, exit_words: str, where: str) -> None:
    run = room.run(source if where == "import" else f"def f():\n    {source}\n")
    if kind is None:
        assert run.raised.type_name in {"SystemExit", "KeyboardInterrupt"}
        assert run.end is None
        return
    assert run.end is not None
    assert run.end.kind is kind
    assert exit_words in run.end.message
    assert run.end.program == (-1 if where == "import" else 0)


def test_answers_before_an_end_are_kept(room: Room) -> None:
    source = "import os\ndef f(x):\n    return x if x < 2 else os._exit(0)\n"
    run = room.run(source, *[[call("f", n)] for n in range(4)])
    assert [[reply.fields["value"] for reply in each] for each in run.replies] == [[0], [1], [], []]
    assert run.end is not None
    assert run.end.program == 2


def test_a_file_that_does_not_compile_says_where(room: Room) -> None:
    raised = room.run("x = 1\ndef f(:\n").loaded.raised
    assert raised is not None
    assert raised.syntax is not None
    assert raised.syntax[:2] == (2, 7)


def test_a_missing_module_is_named(room: Room) -> None:
    raised = room.run("class C:\n    import nowhere.at_all\n").loaded.raised
    assert raised is not None
    assert (raised.type_name, raised.missing_module) == ("ModuleNotFoundError", "nowhere")


def test_a_missing_module_that_nothing_uses_is_left_out(room: Room) -> None:
    source = (
        "import nowhere.at_all as n, os\nfrom elsewhere import a as b, c\nif True:\n    import third\n"
        "def f(what): return eval(what)\n"
    )
    asked = ["os.sep", "n.x", "b()", "c + 1", "third[0]", "type(n).__name__"]
    run = room.run(source, *[[call("f", each)] for each in asked])
    assert run.loaded.raised is None
    assert run.loaded.absent == ("nowhere", "elsewhere", "third")
    raised = [each[0].raised for each in run.replies]
    missing = [None if each is None else each.missing_module for each in raised]
    assert missing == [None, "nowhere", "elsewhere", "elsewhere", "third", None]


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("import nowhere\nclass C(nowhere.Base): pass\n", "nowhere"),
        ("from nowhere import jit\n@jit\ndef f(): pass\n", "nowhere"),
        ("from nowhere import *\n", "nowhere"),
        ("def g():\n    import nowhere\ng()\n", "nowhere"),
    ],
)
def test_one_that_is_used_while_the_file_is_loaded_is_missing(room: Room, source: str, missing: str) -> None:
    raised = room.run(source).loaded.raised
    assert raised is not None
    assert (raised.type_name, raised.missing_module) == ("ModuleNotFoundError", missing)


def test_what_a_file_does_itself_about_a_missing_module_stays(room: Room) -> None:
    source = (
        "import importlib.util\n"
        "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\n"
        "found = importlib.util.find_spec('nowhere')\nimport nowhere as again\ndef f(): return [nowhere is None, found is None]\n"
    )
    run = room.run(source, [call("f")])
    assert run.loaded.absent == ("nowhere",)
    assert run.replies[0][0].fields["value"] == [True, True]


def test_printing_is_kept_in_order_and_cut(room: Room) -> None:
    source = "import sys\nprint('one')\ndef f():\n    print('two'); sys.stderr.write('three\\n')\n    return 1\n"
    assert room.run(source).output == "one\ntwo\nthree\n"
    flood = room.run("def f():\n    for i in range(20_000): print('x' * 99)\n    return 1\n")
    assert flood.value == 1
    assert flood.output.startswith("x" * 99 + "\n")
    assert len(flood.output) < QUICK.output_bytes + 100
    assert flood.output.endswith(f"({20_000 * 100 - QUICK.output_bytes:,} more bytes were printed and cut)")


@pytest.mark.parametrize(
    "how", ["sys.stdout.close()", "os.close(1)", "sys.stdout = None", "sys.stdout = sys.stderr = open('/dev/null')"]
)
def test_a_closed_output_is_no_offence(room: Room, how: str) -> None:
    run = room.run(
        f"import os, sys\ndef f():\n    {how}\n    return 1\n", [call()], [call()] if "close" not in how else []
    )
    assert run.end is None
    assert run.replies[0][0].fields["value"] == 1


def test_what_can_not_travel_is_described(room: Room) -> None:
    run = room.run("def f():\n    return {'a': object(), 'b': [print]}\n")
    opaque, (function,) = run.value["a"], run.value["b"]
    assert isinstance(opaque, Opaque)
    assert (opaque.type_name, opaque.why) == ("object", "an object")
    assert function.type_name == "builtin_function_or_method"
