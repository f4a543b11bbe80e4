"""What is out of reach for user code: files, the network, other processes, the judge's own code, and what is forbidden."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conformance import QUICK, Room, call

from sandbox import EndKind

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


def forbidden(problem: str) -> dict[str, Any]:
    """The rules of a problem, as loading is told them."""
    table = tomllib.loads((ROOT / "problems" / problem / "problem.toml").read_text())["forbidden"]
    return {what: table.get(what, []) for what in ("names", "operators", "packages")}


REFUSED = {
    "reading a file": f"open({str(ROOT / 'reference' / 'lstm.py')!r}).read()",
    "reading bytes": f"__import__('pathlib').Path({str(HERE)!r}).read_bytes()",
    "reading with os": f"__import__('os').open({str(HERE)!r}, 0)",
    "reading with io": f"__import__('io').FileIO({str(HERE)!r})",
    "reading with NumPy": f"__import__('numpy').fromfile({str(HERE)!r}, dtype='u1')",
    "loading a file as a module": (
        f"__import__('importlib.machinery').machinery.SourceFileLoader('x', {str(HERE)!r}).load_module()"
    ),
    "loading a library": f"__import__('importlib.machinery').machinery.ExtensionFileLoader('x', {str(HERE)!r}).create_module("
    f"__import__('importlib.util').util.spec_from_file_location('x', {str(HERE)!r}[:-3] + '.so'))",
    "reading an installed package": "open(__import__('numpy').__file__ + '/../../pytest/__init__.py').read()",
    "listing the current folder": "__import__('os').listdir()",
    "listing a folder": "__import__('os').scandir('/')",
    "writing a file": "open('/tmp/left', 'w')",
    "appending to a library": "open(__import__('numpy').__file__, 'a')",
    "making a folder": "__import__('os').mkdir('/left')",
    "removing a file": f"__import__('os').remove({str(HERE)!r} + '.not')",
    "linking a file": f"__import__('os').symlink({str(HERE)!r}, '/tmp/left')",
    "a temporary file": "__import__('tempfile').TemporaryFile()",
    "a database": "__import__('sqlite3').connect('/tmp/left')",
    "a saved array": "__import__('numpy').save('/tmp/left', [1])",
    "a socket": "__import__('socket').socket()",
    "a Unix socket": "__import__('socket').socket(1)",
    "an abstract socket": "__import__('_socket').socket(1).connect('\\0name')",
    "a pair of sockets": "__import__('socket').socketpair()",
    "a look-up": "__import__('socket').getaddrinfo('localhost', 80)",
    "a request": "__import__('urllib.request').request.urlopen('http://127.0.0.1:9')",
    "a command": "__import__('subprocess').run(['true'])",
    "a command of a shell": "__import__('os').system('true')",
    "a pipe to a command": "__import__('os').popen('true')",
    "another program": "__import__('os').execv('/bin/true', ['true'])",
    "a spawned program": "__import__('os').posix_spawn('/bin/true', ['true'], {})",
    "a fork": "__import__('os').fork()",
    "a worker process": "__import__('multiprocessing').get_context('fork').Process(target=print).start()",
    "a signal to its parent": "__import__('os').kill(__import__('os').getppid(), 9)",
    "a signal to its group": "__import__('os').killpg(0, 9)",
    "a higher limit": "__import__('resource').setrlimit(7, (1 << 20, 1 << 20))",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_permitted_is_refused_and_noted_even_where_it_is_caught(room: Room, name: str) -> None:
    run = room.run(
        f"def f():\n    try:\n        {REFUSED[name]}\n    except BaseException:\n        pass\n    return 1\n"
    )
    if room.kind.walls and run.end is None:
        return  # a wall need not tell: the attempt was blocked, or changed nothing outside
    assert run.ended is EndKind.VIOLATION
    assert not Path("/tmp/left").exists()


USED_NOWHERE = {
    "a native library": "import ctypes; ctypes.CDLL(None)",
    "a function of the C library": "import ctypes; ctypes.pythonapi.Py_IncRef(1)",
    "memory": "import ctypes; ctypes.string_at(id(1), 8)",
    "memory, without an event": "import ctypes; ctypes.memmove(bytearray(8), id(1), 8)",
    "a union with a pointer": "import ctypes; ctypes.Union()",
    "a number by its address": "import ctypes; ctypes.c_char.from_address(id(1))",
    "ctypes by a name": "import importlib; importlib.import_module('cty' + 'pes').cast(1, 2)",
    "ctypes from another module": "import numpy.ctypeslib as c; c._ctypeslib.ctypes.c_long(1)",
    "ctypes loaded again": "import sys; sys.modules.pop('_ctypes'); import _ctypes",
    "the modules of Python's own tests": "import _testcapi",
    "cffi": "import cffi",
    "the back end of cffi": "__import__('_cffi_backend')",
    "all objects": "import gc; gc.get_objects()",
    "referrers": "import gc; gc.get_referrers(gc)",
    "referents": "import gc; gc.get_referents(gc)",
    "frames of other threads": "import sys; sys._current_frames()",
}


@pytest.mark.parametrize("name", USED_NOWHERE)
def test_what_no_solution_may_use_is_forbidden_even_where_it_is_caught(room: Room, name: str) -> None:
    run = room.run(
        f"def f():\n    try:\n        {USED_NOWHERE[name]}\n    except BaseException:\n        pass\n    return 1\n"
    )
    assert run.ended is EndKind.FORBIDDEN
    assert run.end is not None
    assert run.end.everywhere


@pytest.mark.parametrize(
    "expression",
    [
        "open('/etc/passwd').read()",
        "open('/proc/self/environ').read()",
        "open(f'/proc/{__import__(\"os\").getppid()}/environ').read()",
        "open(f'/proc/{__import__(\"os\").getppid()}/mem', 'rb').read(1)",
        "__import__('os').listdir('/proc')",
        "__import__('os').listdir('/proc/self/fd')",
    ],
)
def test_what_libraries_look_up_is_refused_in_silence(room: Room, expression: str) -> None:
    run = room.run(f"def f():\n    return {expression}\n")
    if not (room.kind.walls and run.end is None and run.raised is None):
        assert run.raised.type_name == "SandboxViolation"


def test_an_offence_while_loading_is_noted(room: Room) -> None:
    run = room.run("import os\ntry:\n    os.system('true')\nexcept OSError:\n    pass\ndef f(): return 1\n")
    assert run.ended is EndKind.VIOLATION
    assert run.end is not None
    assert (run.end.message, run.end.program) == ("os.system", -1)


def test_the_judges_environment_is_not_visible(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_JUDGE", "hidden")
    other = Room(room.kind)
    try:
        names = other.run("import os\ndef f(): return sorted(os.environ)\n").value
    finally:
        other.close()
    assert "SECRET_OF_THE_JUDGE" not in names
    assert "HOME" not in names


@pytest.mark.parametrize(
    "name", ["judge", "problems", "reference.lstm", "sandbox", "sandbox.guest.wire", "_inside.agent"]
)
@pytest.mark.parametrize(
    "extra", ["", "sys.path.insert(0, ROOT); ", "sys.path_hooks.clear(); sys.path[:] = [ROOT, '.']; "]
)
def test_the_judges_own_packages_can_not_be_imported(room: Room, name: str, extra: str) -> None:
    run = room.run(f"import sys\nROOT = {str(ROOT)!r}\n{extra}\nclass C:\n    import {name}\n")
    assert run.raised.type_name == "ModuleNotFoundError"
    left_out = room.run(
        f"import sys\nROOT = {str(ROOT)!r}\n{extra}import {name}\ndef f(): return {name.partition('.')[0]}.x\n",
        [call("f")],
    )
    assert left_out.raised.type_name == "ModuleNotFoundError"


@pytest.mark.parametrize("name", ["pytest", "hypothesis", "msgspec", "conformance", "attack", "pip"])
def test_other_packages_and_files_can_not_be_imported(room: Room, name: str) -> None:
    site = str(Path(np.__file__).parents[1])
    plain = room.run(f"class C:\n    import {name}\n")
    assert plain.raised.type_name == "ModuleNotFoundError"
    assert plain.end is None
    behind = room.run(f"import sys\nsys.path[:0] = [{site!r}, '']\nclass C:\n    import {name}\n")
    assert behind.raised is not None or behind.ended is EndKind.VIOLATION


def test_packages_for_solutions_can_be_imported(room: Room) -> None:
    source = (
        "import collections, json, numpy.testing, numpy.fft, numpy.polynomial, dataclasses, typing, threading, random\n"
    )
    assert room.run(source + "def f(): return 1\n").value == 1
    pytest.importorskip("einops")
    assert room.run(
        "from einops import rearrange\nimport numpy as np\ndef f(): return rearrange(np.ones((2, 3)), 'a b -> b a')\n"
    ).value.shape == (3, 2)


@pytest.mark.parametrize(
    "how",
    [
        "import peft",
        "__import__('peft.tuners')",
        "import importlib; importlib.import_module('pe' + 'ft')",
        "import importlib.util; importlib.util.find_spec('peft')",
        "exec('from peft import x')",
        "import pickle; pickle.loads(b'cpeft\\nx\\n.')",
        "import pkgutil; pkgutil.resolve_name('peft:x')",
    ],
)
def test_a_forbidden_package_is_noted_however_it_is_imported(room: Room, how: str) -> None:
    source = f"def f():\n    try:\n        {how}\n    except Exception:\n        pass\n    return 1\n"
    run = room.run(source, packages=["peft"])
    assert run.ended is EndKind.FORBIDDEN
    assert run.end is not None
    assert run.end.message.startswith("import peft")


LSTM = "(torch.ones(1, 2), [torch.ones(1, 3), torch.ones(1, 3)], torch.ones(12, 2), torch.ones(12, 3), None, None)"
LAYER = (
    "(torch.ones(1, 2, 2), [torch.zeros(1, 2, 3)] * 2, [torch.ones(12, 2), torch.ones(12, 3)] + [torch.ones(12)] * 2,"
    " True, 1, 0.0, False, False, True)"
)
SDPA = "(Q, Q, Q)"
ROUTES = {
    "lstm": {
        "the layer": "torch.nn.LSTM(2, 3)(torch.ones(1, 2, 2))",
        "an alias of the cell": "getattr(torch.nn, 'LSTM' + 'Cell')(2, 3)",
        "a base class": "torch.nn.RNNBase('LSTM', 2, 3)",
        "a subclass": "type('Mine', (torch.nn.LSTMCell,), {})(2, 3)",
        "a search of subclasses": "[c for c in torch.nn.Module.__subclasses__() if c.__name__ == 'RNNBase'][0]('LSTM', 2, 3)",
        "no constructor": "torch.nn.LSTMCell.forward(torch.nn.Linear(2, 3), torch.ones(1, 2))",
        "a pickle": "__import__('pickle').loads(b'ctorch.nn\\nLSTM\\n(I2\\nI3\\ntR.')",
        "torch itself": f"torch.lstm_cell{LSTM}",
        "torch._VF": f"torch._VF.lstm_cell{LSTM}",
        "the table of functions": f"torch._C._VariableFunctions.lstm_cell{LSTM}",
        "torch.ops": f"torch.ops.aten.lstm_cell{LSTM}",
        "an overload": f"torch.ops.aten.lstm_cell.default{LSTM}",
        "a decomposition": f"torch.ops.aten.lstm_cell.default.decompose{LSTM}",
        "an operation of jit": f"torch._C._jit_get_operation('aten::lstm_cell')[0]{LSTM}",
        "jit": "torch.jit.CompilationUnit('def g(x: Tensor, h: List[Tensor], a: Tensor):\\n    "
        "return torch.lstm_cell(x, h, a, a, None, None)\\n').g(torch.ones(1, 2), [torch.ones(1, 3)] * 2, torch.ones(12, 2))",
        "vmap": "torch.func.vmap(lambda x: torch.lstm_cell(x, [torch.ones(1, 3)] * 2, torch.ones(12, 2), torch.ones(12, 3),"
        " None, None))(torch.ones(2, 1, 2))",
        "torch._decomp": f"__import__('torch._decomp.decompositions') and torch._decomp.decompositions.lstm_impl{LAYER}",
        "its table": f"__import__('torch._decomp.decompositions') and torch._decomp.decomposition_table["
        f"torch.ops.aten.lstm.input]{LAYER}",
        "the quantizable layer": "torch.ao.nn.quantizable.LSTM(2, 3)(torch.ones(1, 2, 2))",
        "a module loaded later": "__import__('torch.ao.nn.quantized.reference') and torch.ao.nn.quantized.reference.LSTMCell(2, 3)",
        "MKL-DNN": "torch.ops.aten.mkldnn_rnn_layer(torch.ones(2, 1, 2), torch.ones(12, 2), torch.ones(12, 3), torch.ones(12),"
        " torch.ones(12), torch.zeros(1, 1, 3), torch.zeros(1, 1, 3), False, [], 2, 3, 1, True, False, False, False)",
    },
    "multi_head_attention": {
        "the function": f"F.scaled_dot_product_attention{SDPA}",
        "with a gradient": "F.scaled_dot_product_attention(Q.clone().requires_grad_(), Q, Q)",
        "in double": "F.scaled_dot_product_attention(Q.double(), Q.double(), Q.double())",
        "in bfloat16": "F.scaled_dot_product_attention(Q.bfloat16(), Q.bfloat16(), Q.bfloat16())",
        "in inference mode": f"(torch.inference_mode().__enter__(), torch._C._nn.scaled_dot_product_attention{SDPA})",
        "under autocast": f"(torch.autocast('cpu').__enter__(), torch._C._nn.scaled_dot_product_attention{SDPA})",
        "vmap": "torch.func.vmap(lambda q: F.scaled_dot_product_attention(q, q, q))(Q)",
        "vmap of its parts": "torch.func.vmap(lambda q: torch.ops.aten._scaled_dot_product_attention_math(q, q, q))(Q)",
        "grad": "torch.func.grad(lambda q: F.scaled_dot_product_attention(q, q, q).sum())(Q)",
        "jvp": "torch.func.jvp(lambda q: F.scaled_dot_product_attention(q, q, q), (Q,), (Q,))",
        "functionalize": "torch.func.functionalize(lambda q: F.scaled_dot_product_attention(q, q, q))(Q)",
        "a trace": f"torch.jit.trace(torch._C._nn.scaled_dot_product_attention, {SDPA})",
        "nested tensors": "(lambda n: F.scaled_dot_product_attention(n, n, n))(torch.nested.nested_tensor([Q[0]]))",
        "the flash kernel": f"torch.ops.aten._scaled_dot_product_flash_attention_for_cpu{SDPA}",
        "another key": f"torch.ops.aten._scaled_dot_product_attention_math.default.redispatch("
        f"torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), *{SDPA})",
        "excluded keys": f"(torch._C._ExcludeDispatchKeyGuard(torch._C.DispatchKeySet(torch._C.DispatchKey.AutogradCPU))"
        f".__enter__(), torch.ops.aten._scaled_dot_product_attention_math{SDPA})",
        "the module": "torch.nn.MultiheadAttention(4, 2)",
        "the module's function": "F.multi_head_attention_forward(Q, Q, Q, 4, 2, *[None] * 8)",
        "a layer of a transformer": "torch.nn.TransformerEncoderLayer(4, 2)",
        "flex attention": f"__import__('torch.nn.attention.flex_attention').nn.attention.flex_attention.flex_attention{SDPA}",
        "torch._decomp": "__import__('torch._decomp.decompositions') and "
        f"torch._decomp.decompositions.scaled_dot_product_flash_attention_for_cpu{SDPA}",
    },
}
SINGLE = [(problem, name) for problem, routes in ROUTES.items() for name in routes]


@pytest.mark.parametrize(("problem", "name"), SINGLE)
def test_a_forbidden_function_is_noted_however_it_is_reached(open_room: Room, problem: str, name: str) -> None:
    if not open_room.kind.warm and name not in {"the layer", "the function", "vmap", "the module"}:
        pytest.skip("each run imports torch here: a few of these routes stand for all")
    source = f"""
import torch, torch.nn.functional as F
Q = torch.ones(1, 2, 3, 4)
def f():
    try:
        return {ROUTES[problem][name]}
    except Exception:
        return 1
"""
    run = open_room.run(source, framework="torch", **forbidden(problem))
    assert run.ended is EndKind.FORBIDDEN, run
    assert run.end is not None
    assert run.end.message.startswith("torch.")


def test_the_source_of_what_is_forbidden_can_not_be_read_or_loaded_again(room: Room) -> None:
    source = """
import importlib, importlib.util, inspect, linecache, marshal, torch, torch.nn.functional as F
def reloaded(): return importlib.reload(torch.nn.modules.activation).MultiheadAttention(4, 2)
def scripted(): return torch.jit.script(F.multi_head_attention_forward)(*[torch.ones(1, 1, 4)] * 3, 4, 2)
def compiled(): return marshal.loads(open(importlib.util.cache_from_source(F.__file__), 'rb').read()[16:])
def read(): return open(F.__file__).read()
def lines():
    source = inspect.getsource(F.multi_head_attention_forward)
    return 'bmm' in source, 'baddbmm' in ''.join(linecache.getlines(F.__file__)), len(linecache.getlines(F.__file__)) > 1000
"""
    names = ("reloaded", "scripted", "compiled", "read", "lines")
    run = room.run(source, *[[call(name)] for name in names], framework="torch", **forbidden("multi_head_attention"))
    assert run.end is None
    assert {reply.raised.type_name for (reply,) in run.replies[:4]} <= {"SandboxViolation", "OSError", "RuntimeError"}
    assert run.value == (False, False, True)


HONEST = {
    "jit": "torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Softmax(-1)))(torch.ones(2))",
    "a function of jit": "torch.jit.script(F.softmax)(torch.ones(3), -1)",
    "checkpoint": "checkpoint(torch.exp, torch.ones(3, requires_grad=True), use_reentrant=False)",
    "jacrev": "torch.func.jacrev(torch.exp)(torch.ones(3))",
    "hessian": "torch.func.hessian(lambda x: x.exp().sum())(torch.ones(3))",
    "jvp": "torch.func.jvp(lambda x: F.layer_norm(x, [3]), (torch.ones(3),), (torch.ones(3),))[0]",
    "vmap": "torch.func.vmap(lambda a: (a @ a).softmax(-1))(torch.ones(2, 3, 3))",
    "an optimizer": "torch.optim.AdamW([torch.ones(2, requires_grad=True)]).defaults['lr']",
    "a parametrization": "torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))(torch.ones(2))",
    "a distribution": "torch.distributions.Categorical(logits=torch.ones(3)).sample()",
    "linear algebra": "torch.linalg.svd(torch.eye(3))[1]",
    "source of torch": "len(inspect.getsource(F.softmax))",
    "testing": "torch.testing.assert_close(torch.ones(2), torch.ones(2))",
    "half precision": "torch.ones(3).half().cumsum(-1)",
    "threads": "list(ThreadPoolExecutor(2).map(abs, [1, -2]))",
    "a compiled function": "torch.compile(torch.exp)(torch.ones(3))",
    "a compiled function in one graph": "torch.compile(lambda x: x.exp(), fullgraph=True, backend='eager')(torch.ones(3))",
    "a view of a list": "float(as_strided([1.0, 2.0, 3.0], (2, 2), (8, 8)).sum())",
    "a view of a number": "float(as_strided(3.0, (2,), (0,)).sum())",
    "a view of a part": "float(as_strided(np.arange(36.0).reshape(6, 6)[1:, 1:], (4, 4, 2, 2), (48, 8, 48, 8)).sum())",
}


def test_what_torch_offers_works_and_is_no_offence(room: Room) -> None:
    lines = ["import inspect, torch, torch.nn.functional as F", "from torch.utils.checkpoint import checkpoint"]
    lines += ["from concurrent.futures import ThreadPoolExecutor", "from numpy.lib.stride_tricks import as_strided"]
    lines.append("import numpy as np")
    lines += [f"def f{number}(): return {expression}" for number, expression in enumerate(HONEST.values())]
    programs = [[call(f"f{number}")] for number in range(len(HONEST))]
    rules = forbidden("multi_head_attention")
    run = room.run("\n".join(lines) + "\n", *programs, framework="torch", limits=QUICK, **rules)
    assert run.end is None
    failed = {name: each[0].raised for name, each in zip(HONEST, run.replies, strict=True) if each[0].raised}
    assert failed == {}


LEAVING = {
    "behind its end": "as_strided(np.zeros(4), (5,), (8,))",
    "before its beginning": "as_strided(np.zeros(4), (2,), (-8,))",
    "by a step": "as_strided(np.zeros((2, 2)), (2, 2), (32, 8))",
    "from a part, behind the whole": "as_strided(np.zeros(8)[4:], (5,), (8,))",
    "from a view that was taken before": "as_strided(as_strided(np.zeros(8), (2,), (8,)), (9,), (8,))",
    "by a function of its own name": "np.lib._stride_tricks_impl.as_strided(x=np.zeros(4), shape=(400,), strides=(8,))",
}
WITHIN = {
    "all of it": "as_strided(np.zeros(4), (4,), (8,))",
    "one element over and over": "as_strided(np.zeros(4), (1000,), (0,))",
    "backwards": "as_strided(np.zeros(4)[::-1], (4,), (-8,))",
    "from a part, all of the whole": "as_strided(np.zeros(8)[:4], (8,), (8,))",
    "a view of a view": "as_strided(as_strided(np.zeros(8), (2,), (8,)), (8,), (8,))",
    "nothing": "as_strided(np.zeros(4), (0, 1000), (1 << 20, 8))",
    "windows": "sliding_window_view(np.zeros((4, 6)), (2, 3))",
    "a broadcast array": "np.broadcast_to(np.zeros(3), (5, 3))",
}


@pytest.mark.parametrize("name", LEAVING)
def test_a_view_that_leaves_its_array_is_refused(room: Room, name: str) -> None:
    run = room.run(
        f"import numpy as np\nfrom numpy.lib.stride_tricks import as_strided\ndef f(): return {LEAVING[name]}.shape\n"
    )
    assert run.ended is EndKind.VIOLATION
    assert run.end is not None
    assert "leaves its array" in run.end.message


def test_a_view_within_its_array_is_a_right_answer(room: Room) -> None:
    lines = ["import numpy as np", "from numpy.lib.stride_tricks import as_strided, sliding_window_view"]
    lines += [f"def f{number}(): return float({expression}.sum())" for number, expression in enumerate(WITHIN.values())]
    run = room.run("\n".join(lines) + "\n", *[[call(f"f{number}")] for number in range(len(WITHIN))])
    assert run.end is None
    assert [each[0].fields.get("value") for each in run.replies] == [0.0] * len(WITHIN)


def test_bytes_forged_on_every_descriptor_end_the_run(room: Room) -> None:
    source = """
import os
def f():
    for number in range(3, 300):
        try: os.write(number, bytes(200))
        except OSError: pass
    return 1
"""
    run = room.run(source)
    assert run.ended is EndKind.VIOLATION
    assert run.replies == [[]]


def test_reading_the_judges_messages_away_ends_in_the_time_limit(room: Room) -> None:
    source = """
import os
def f():
    for number in range(3, 20):
        try: os.set_blocking(number, False); os.read(number, 1)
        except OSError: pass
    return 1
"""
    run = room.run(source, [call()])
    assert run.end is None or run.ended in {EndKind.VIOLATION, EndKind.EXITED, EndKind.TIME_LIMIT}


def test_a_forged_answer_with_the_right_key_is_still_only_an_answer(room: Room) -> None:
    source = """
import sys
def channel():
    frame = sys._getframe()
    while frame:
        found = getattr(frame.f_locals.get('self'), '_channel', None)
        if found: return found
        frame = frame.f_back
def f(x):
    sent = channel()
    if x == 1: sent.send(99, {'value': 1, 'notes': []})
    if x == 2: sent.send(2, {'program': 7, 'step': 0, 'last': True, 'value': 1, 'notes': []})
    if x == 3: sent.send(2, {'program': 0, 'step': 5, 'last': True, 'value': 1, 'notes': []})
    if x == 4: sent.send(2, {'program': 0, 'step': 0, 'last': False, 'value': 1, 'notes': []})
    if x == 5: sent.send(2, ['no answer'])
    if x == 6: sent.send(2, {'notes': 3})
    if x == 7: sent.send(2, {'program': 0, 'step': 0, 'last': True, 'notes': [], 'raised': {'type': 3}})
    if x == 8: sent.send(2, {'program': 0, 'step': 0, 'last': True, 'notes': [], 'part': []})
    return 2
"""
    assert room.run(source, [call("f", 0)]).value == 2
    for number in range(1, 9):
        run = room.run(source, [call("f", number)])
        assert run.ended is EndKind.VIOLATION, number


WORLDS = {
    "default dtype": "torch.set_default_dtype(torch.float64)",
    "default device": "torch.set_default_device('meta')",
    "gradients off": "torch.set_grad_enabled(False)",
    "inference mode": "torch.inference_mode().__enter__()",
    "deterministic algorithms": "torch.use_deterministic_algorithms(True)",
    "threads": "torch.set_num_threads(2)",
    "seeds": "torch.manual_seed(3)",
    "warnings as errors": "warnings.simplefilter('error')",
    "NumPy's errors": "np.seterr(all='raise')",
    "builtins": "[setattr(builtins, n, None) for n in ('len', 'str', 'isinstance', 'type', 'dict', 'tuple', 'getattr')]",
    "recursion": "sys.setrecursionlimit(60)",
    "streams": "setattr(sys, 'stdout', None) or setattr(sys, 'stderr', None)",
    "modules": "[sys.modules.pop(name) for name in ('json', 'random', 'warnings')]",
    "import": "sys.meta_path.clear()",
    "json": "setattr(json, 'JSONEncoder', None) or setattr(json.encoder, 'c_make_encoder', None)",
    "os": "setattr(os, 'read', None) or setattr(os, 'write', None)",
    "time": "setattr(time, 'time', lambda: 0)",
    "garbage": "gc.disable()",
    "threshold": "torch.set_flush_denormal(True)",
    "printing": "torch.set_printoptions(profile='full')",
    "digits": "sys.set_int_max_str_digits(640)",
    "default type": "torch.set_default_dtype(torch.float16)",
}


@pytest.mark.parametrize("name", WORLDS)
def test_what_a_solution_does_to_its_own_process_changes_nothing(open_room: Room, name: str) -> None:
    import torch

    if not open_room.kind.warm and name not in {"builtins", "inference mode"}:
        pytest.skip("each run imports torch here: two of these changes stand for all")
    source = f"""
import builtins, gc, json, os, sys, time, warnings
import numpy as np
import torch
def change():
    {WORLDS[name]}
def f(x, w):
    return x * w + x.exp()
"""
    x, w = torch.tensor([1.0, 2.0]), torch.tensor(3.0)
    ask: dict[str, Any] = {"do": "differentiate", "target": "f", "args": (x, w), "kwargs": {}, "seed": 0}
    ask |= {"upstream": (torch.ones(2),), "module": None, "parameters": ()}
    run = open_room.run(
        source, [call("change"), call("f", x, w), ask], [call("f", x.double(), w.double())], framework="torch"
    )
    assert run.end is None, run
    change, value, derived = run.replies[0]
    assert change.raised is None
    assert torch.equal(value.fields["value"], x * w + x.exp())
    assert torch.allclose(derived.fields["inputs"][0], w + x.exp())
    assert torch.equal(derived.fields["inputs"][1], torch.tensor(3.0))
    assert run.value.dtype is torch.float64
