"""Static rules: both that every way to reach a forbidden thing is seen, and that innocent code is left alone."""

from __future__ import annotations

import textwrap

import pytest

from judge.source.rules import Undecodable, decode, find_offences, frameworks_of, parse
from judge.source.scopes import MOST_STARS
from judge.source.values import MOST_NAMES, Evaluation
from problems import find_problem
from problems.frameworks import BUILT_IN, NUMPY, PYTHON, TORCH, Framework
from problems.problem import ForbiddenTable

TABLE = ForbiddenTable(
    packages=("peft", "loralib"),
    names=(
        "torch.nn.LSTM",
        "torch.nn.modules.rnn.LSTM",
        "torch.nn.LSTMCell",
        "torch.nn.MultiheadAttention",
        "torch.nn.Transformer*",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch._C._nn.scaled_dot_product_attention",
        "torch.nn.attention.flex_attention",
        "torch._VF.*",
    ),
    operators=("aten::lstm", "aten::scaled_dot_product_attention", "aten::_scaled_dot_product_*"),
)
SDPA = "torch.nn.functional.scaled_dot_product_attention"


def names(source: str, framework: Framework = TORCH) -> list[str]:
    tree = parse(textwrap.dedent(source), "answer.py")
    return [offence.name for offence in find_offences(tree, TABLE, framework=framework)]


OFFENDING = {
    "attribute chain": ("import torch\ntorch.nn.functional.scaled_dot_product_attention(q, k, v)", SDPA),
    "module under another name": ("import torch.nn.functional as F\nF.scaled_dot_product_attention(q, k, v)", SDPA),
    "package under another name": ("import torch as t\nt.nn.functional.scaled_dot_product_attention(q, k, v)", SDPA),
    "from import of the module": ("from torch.nn import functional as G\nG.scaled_dot_product_attention(1)", SDPA),
    "from import of the name": ("from torch.nn import LSTM", "torch.nn.LSTM"),
    "from import under another name": ("from torch.nn import LSTM as Linear\nLinear(1, 2)", "torch.nn.LSTM"),
    "star import": ("from torch.nn import *\nx = LSTM(1, 2)", "torch.nn.LSTM"),
    "star import used in a method": (
        "from torch.nn import *\nclass A(Module):\n def a(self): return MultiheadAttention(4, 2)\nA().a()",
        "torch.nn.MultiheadAttention",
    ),
    "as a base class": ("from torch import nn\nclass A(nn.LSTM): pass\nA(1, 2)", "torch.nn.LSTM"),
    "beyond the forbidden name": ("from torch import nn\nnn.LSTM.forward(self, x)", "torch.nn.LSTM"),
    "pattern": ("from torch import nn\nnn.TransformerEncoderLayer(8, 2)", "torch.nn.TransformerEncoderLayer"),
    "pattern without a rest": ("from torch import nn\nnn.Transformer()", "torch.nn.Transformer"),
    "module by assignment": ("import torch\nn = torch.nn\nn.LSTM(1, 2)", "torch.nn.LSTM"),
    "chain of assignments": ("import torch\na = torch\nb = a.nn\nc = b\nc.LSTM(1, 2)", "torch.nn.LSTM"),
    "function by assignment": ("import torch.nn.functional as F\nf = F.scaled_dot_product_attention\nf(q, k, v)", SDPA),
    "tuple assignment": ("import torch\na, (b, n) = 1, (2, torch.nn)\nn.LSTM(1, 2)", "torch.nn.LSTM"),
    "annotated assignment": ("import torch\nn: object = torch.nn\nn.LSTM(1, 2)", "torch.nn.LSTM"),
    "walrus": ("import torch\nif (n := torch.nn):\n n.LSTM(1, 2)", "torch.nn.LSTM"),
    "walrus in a comprehension": ("import torch\n[(n := torch.nn) for _ in 'a']\nn.LSTM(1, 2)", "torch.nn.LSTM"),
    "default of a parameter": ("import torch\ndef f(n=torch.nn):\n return n.LSTM(1, 2)\nf()", "torch.nn.LSTM"),
    "global from a function": (
        "def set_up():\n global n\n from torch import nn as n\nset_up()\ndef f(): return n.LSTM(1, 2)\nf()",
        "torch.nn.LSTM",
    ),
    "used before the import in the file": ("def f(): return nn.LSTM(1, 2)\nfrom torch import nn\nf()", "torch.nn.LSTM"),
    "getattr": ('from torch import nn\ngetattr(nn, "LSTM")(1, 2)', "torch.nn.LSTM"),
    "getattr with a default": ('from torch import nn\ngetattr(nn, "LSTM", None)(1, 2)', "torch.nn.LSTM"),
    "getattr by another name": ('from torch import nn\ng = getattr\ng(nn, "LSTM")(1, 2)', "torch.nn.LSTM"),
    "getattr from builtins": (
        'import builtins\nfrom torch import nn\nbuiltins.getattr(nn, "LSTM")(1, 2)',
        "torch.nn.LSTM",
    ),
    "getattr inside getattr": ('import torch\ngetattr(getattr(torch, "nn"), "LSTM")(1, 2)', "torch.nn.LSTM"),
    "import_module": ('import importlib\nimportlib.import_module("torch.nn").LSTM(1, 2)', "torch.nn.LSTM"),
    "__import__": ('__import__("torch").nn.LSTM(1, 2)', "torch.nn.LSTM"),
    "__import__ with a list": ('__import__("torch.nn", fromlist=["nn"]).LSTM(1, 2)', "torch.nn.LSTM"),
    "sys.modules": ('import sys, torch\nsys.modules["torch.nn"].LSTM(1, 2)', "torch.nn.LSTM"),
    "where it is defined": ("from torch.nn.modules.rnn import LSTM\nLSTM(1, 2)", "torch.nn.modules.rnn.LSTM"),
    "private twin": (
        "import torch\ntorch._C._nn.scaled_dot_product_attention(q, k, v)",
        "torch._C._nn.scaled_dot_product_attention",
    ),
    "operator": ("import torch\ntorch.ops.aten.lstm.input(x)", "torch.ops.aten.lstm"),
    "operator's function": ("import torch\ntorch.lstm(x)", "torch.lstm"),
    "everything in a module": ("from torch._VF import lstm", "torch._VF.lstm"),
    "a whole module": (
        "from torch.nn.attention.flex_attention import flex_attention",
        "torch.nn.attention.flex_attention",
    ),
    "conditional expression": ("import torch\n(torch.nn if x else torch).LSTM(1, 2)", "torch.nn.LSTM"),
    "lambda": ("from torch import nn\nf = lambda: nn.LSTM(1, 2)\nf()", "torch.nn.LSTM"),
    "decorator": ("from torch import nn\n@nn.LSTM\ndef f(): pass", "torch.nn.LSTM"),
    "else of the main guard": (
        'from torch import nn\nif __name__ == "__main__":\n pass\nelse:\n nn.LSTM(1, 2)',
        "torch.nn.LSTM",
    ),
    "a guard of one's own making": (
        'from torch import nn\n__name__ = "__main__"\nif __name__ == "__main__":\n nn.LSTM(1, 2)',
        "torch.nn.LSTM",
    ),
    "not the main guard": ('from torch import nn\nif __name__ != "__main__":\n nn.LSTM(1, 2)', "torch.nn.LSTM"),
    "package": ("import peft", "peft"),
    "part of a package": ("import peft.tuners as t", "peft"),
    "from a package": ("from peft.tuners import lora", "peft"),
    "package in a function": ("def f():\n import loralib as torch", "loralib"),
    "package in a try": ("try:\n import peft\nexcept ImportError:\n peft = None", "peft"),
    "package for type checking": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from peft import LoraConfig",
        "peft",
    ),
    "package by import_module": ('import importlib\nimportlib.import_module("peft.tuners")', "peft"),
}


@pytest.mark.parametrize("form", OFFENDING)
def test_a_way_to_reach_something_forbidden_is_an_offence(form: str) -> None:
    source, name = OFFENDING[form]
    assert names(source) == [name]


# What the rules do not follow and a run refuses (`test_rules_and_runs.py`), by the problem that forbids it.
LEFT_TO_THE_RUN = {
    "lstm": {
        "loop over modules": "import torch\nfor m in (torch.nn, torch):\n if hasattr(m, 'LSTM'): m.LSTM(1, 2)",
        "getattr with a name in a variable": 'from torch import nn\nx = "LS"\nx += "TM"\ngetattr(nn, x)(1, 2)',
        "getattr with an f-string": 'from torch import nn\nx = "STM"\ngetattr(nn, f"L{x}")(1, 2)',
        "getattr with join": 'from torch import nn\ngetattr(nn, "".join(["L", "STM"]))(1, 2)',
        "getattr with a reversed text": 'from torch import nn\ngetattr(nn, "MTSL"[::-1])(1, 2)',
        "getattr with percent": 'from torch import nn\ngetattr(nn, "%sTM" % "LS")(1, 2)',
        "getattr with upper": 'from torch import nn\ngetattr(nn, "lstm".upper())(1, 2)',
        "getattr in a loop over names": 'from torch import nn\nfor n in ["GRU", "LSTM"]: getattr(nn, n)(1, 2)',
        "__dict__": 'from torch import nn\nnn.__dict__["LSTM"](1, 2)',
        "vars and get": 'from torch import nn\nvars(nn).get("LSTM")(1, 2)',
        "__getattribute__": 'from torch import nn\nnn.__getattribute__("LSTM")(1, 2)',
        "globals": 'from torch import nn\nglobals()["nn"].LSTM(1, 2)',
        "import_module by name": 'from importlib import import_module as i\ni("torch." + "nn").LSTM(1, 2)',
        "import_module, relative": 'from importlib import import_module\nimport_module(".nn", "torch").LSTM(1, 2)',
        "attrgetter": 'from operator import attrgetter\nimport torch\nattrgetter("nn.LSTM")(torch)(1, 2)',
        "reduce of getattr": 'from functools import reduce\nimport torch\nreduce(getattr, ["nn", "LSTM"], torch)(1, 2)',
        "dict of modules": 'from torch import nn\nx = {"n": nn}\nx["n"].LSTM(1, 2)',
        "eval": 'from torch import nn\neval("nn.LSTM")(1, 2)',
        "exec": 'exec("import torch.nn as n\\nn.LSTM(1, 2)")',
        "operator by its name": (
            "import torch\n"
            'f, _ = torch._C._jit_get_operation("aten::lstm")\n'
            "h, w = torch.ones(1, 1, 2), torch.ones(8, 2)\n"
            "f(h, [h, h], [w, w], False, 1, 0.0, False, False, False)"
        ),
        "TorchScript in a string": (
            "import torch\n"
            'code = "def f(x, w):\\n return torch.%s(x, [x, x], w, w)\\n" % "lstm_cell"\n'
            "torch.jit.CompilationUnit(code).f(torch.ones(1, 2), torch.ones(8, 2))"
        ),
        "through functional's own torch": "import torch.nn.functional as F\nF.torch.nn.LSTM(1, 2)",
        "ctypes by import_module": "import importlib\nimportlib.import_module('cty' + 'pes').CDLL(None)",
        "referents": "import gc\ngetattr(gc, 'get_' + 'referents')(1)",
    },
    "multi_head_attention": {
        "getattr with a sum of strings": 'import torch.nn.functional as F\ngetattr(F, "scaled_dot_" + "product_" + "attention")(q, k, v)',
        "vars": 'import torch.nn.functional as F\nvars(F)["scaled_dot_product_attention"](q, k, v)',
        "through a module's own import": "import torch\ntorch.nn.modules.activation.F.scaled_dot_product_attention(q, k, v)",
    },
    "lora": {
        "package by __import__": '__import__("pe" + "ft")',
        "package in exec": 'exec("import peft")',
    },
    "mlp_backward": {
        "torch in NumPy": 'import importlib\nimportlib.import_module("to" + "rch")',
    },
    "autograd": {
        "NumPy in plain Python": "import importlib\nnp = importlib.import_module('num' + 'py')",
    },
}


@pytest.mark.parametrize(("slug", "form"), [(slug, form) for slug, forms in LEFT_TO_THE_RUN.items() for form in forms])
def test_a_name_that_is_only_put_together_is_left_to_the_run(slug: str, form: str) -> None:
    problem = find_problem(slug)
    tree = parse(LEFT_TO_THE_RUN[slug][form], "answer.py")
    assert find_offences(tree, problem.forbidden, framework=problem.offered[0]) == ()


EVERYWHERE = {
    "ctypes": ("import ctypes\nctypes.CDLL(None)", "ctypes"),
    "a name from ctypes": ("from ctypes import c_char as c\nc.from_address(1)", "ctypes"),
    "a module of ctypes": ("import ctypes.util", "ctypes"),
    "ctypes in C": ("import _ctypes", "_ctypes"),
    "ctypes from the modules": ("import sys\nsys.modules['ctypes'].CDLL", "ctypes"),
    "cffi": ("from cffi import FFI", "cffi"),
    "all objects": ("import gc\nfor o in gc.get_objects(): pass", "gc.get_objects"),
    "referrers": ("from gc import get_referrers as who\nwho(1)", "gc.get_referrers"),
    "a graph from a file": ("import torch\ntorch.jit.load('x')", "torch.jit.load"),
    "a static module": ("from torch import _C\n_C._jit_to_static_module(1)", "torch._C._jit_to_static_module"),
}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_no_solution_may_use_is_seen_whatever_the_problem(name: str) -> None:
    source, wanted = EVERYWHERE[name]
    (found,) = find_offences(parse(source, "answer.py"), ForbiddenTable(), framework=TORCH)
    assert found.name == wanted
    assert "may not be used in any solution" in found.message


INNOCENT = {
    "collecting garbage": "import gc\ngc.collect()\ngc.disable()\ngc.freeze()\ngc.get_threshold()",
    "an array's address": "import numpy as np\nprint(np.zeros(3).ctypes.data, np.ctypeslib)",
    "own functions called like those of gc": "class A:\n def get_objects(self): return []\nA().get_objects()",
    "comment": "import torch\n# not nn.LSTM, not torch.nn.functional.scaled_dot_product_attention\nx = torch.ones(1)",
    "docstring": '"""Does what torch.nn.LSTM and peft do."""\nimport torch',
    "unused string": 'from torch import nn\nreplaces = "nn.LSTM"\nprint("torch.nn.LSTM", replaces)',
    "own function": """
        import torch.nn.functional as F
        def scaled_dot_product_attention(q, k, v): return F.softmax(q @ k.mT, -1) @ v
        out = scaled_dot_product_attention(1, 2, 3)
    """,
    "own class": """
        from torch import nn
        class LSTM(nn.Module):
            def forward(self, x): return LSTM.forward(self, x)
        class MultiheadAttention(nn.Module): pass
        x = LSTM(), MultiheadAttention
    """,
    "own class beside a star import": """
        from torch.nn import *
        class LSTM(Module): pass
        x = LSTM()
    """,
    "own method": """
        from torch import nn
        class A(nn.Module):
            def scaled_dot_product_attention(self, q): return q
            def LSTM(self): return 1
            def forward(self, q): return self.scaled_dot_product_attention(q) + self.LSTM() + self.nn.LSTM
    """,
    "own attribute": "class A:\n def __init__(self, x):\n  self.LSTM = x\n  self.F = x\na = A(1).LSTM\nb = A(1).F.LSTM",
    "own namespace F": """
        class F:
            @staticmethod
            def scaled_dot_product_attention(q, k, v): return q
        F.scaled_dot_product_attention(1, 2, 3)
    """,
    "parameter over a module": "from torch import nn\ndef f(nn): return nn.LSTM",
    "keyword-only parameter": "from torch import nn\ndef f(*, nn): return nn.LSTM",
    "lambda's parameter": "from torch import nn\nf = lambda nn: nn.LSTM",
    "starred parameter": "from torch import nn\ndef f(*nn): return nn.LSTM",
    "local variable over a module": "import torch.nn.functional as F\ndef f(x):\n F = x.shape\n return F.LSTM",
    "loop variable over a module": "from torch import nn\ndef f(xs):\n for nn in xs: nn.LSTM",
    "comprehension's variable": "from torch import nn\nx = [nn.LSTM for nn in range(3)]",
    "local import over a module": "from torch import nn\ndef f():\n import math as nn\n return nn.LSTM",
    "local function over a module": "from torch import nn\ndef f():\n def nn(): pass\n return nn.LSTM",
    "with and except names": """
        from torch import nn
        def f(x):
            with x as nn: nn.LSTM
        def g():
            try: pass
            except ValueError as nn: nn.LSTM
    """,
    "captured by a pattern": "from torch import nn\ndef f(x):\n match x:\n  case [nn, *_]: nn.LSTM",
    "names that only look alike": """
        import torch
        from torch import nn
        from torch.nn import functional as F
        x = nn.LSTMLike if False else nn.Linear
        y = F.softmax, nn.Module, nn.Parameter, torch.lstsq, torch.nn.modules.linear.Linear, F.scaled_dot
    """,
    "another library's name": "import numpy as np\nimport flax.linen as nn\nx = nn.LSTM, np.LSTM, nn.Transformer",
    "method of a result": "from torch import nn\nx = nn.Linear(1, 2).LSTM(3)\ny = nn.ModuleDict()['LSTM']",
    "own dict": 'x = {"LSTM": 1, "peft": 2}\nx["LSTM"] + x.get("peft")',
    "getattr of one's own": 'class A: pass\ngetattr(A, "LSTM", None)\ngetattr(A(), "scaled_dot_product_attention", 1)',
    "own getattr": 'from torch import nn\ndef getattr(a, b): return b\ngetattr(nn, "LSTM")',
    "getattr of something allowed": 'from torch import nn\nx = getattr(nn, "Lin" + "ear")',
    "main guard": 'from torch import nn\nif __name__ == "__main__":\n import peft\n nn.LSTM(1, 2)',
    "main guard, the other way round": 'from torch import nn\nif "__main__" == __name__:\n nn.LSTM(1, 2)',
    "main guard with more": 'import sys\nif __name__ == "__main__" and sys.argv[1:]:\n from torch.nn import LSTM',
    "main guard, negated": 'from torch import nn\nif __name__ != "__main__":\n pass\nelse:\n nn.LSTM(1, 2)',
    "main guard as elif": 'from torch import nn\nif nn is None:\n pass\nelif __name__ == "__main__":\n nn.LSTM(1, 2)',
    "bound under the guard only": 'def f(): return nn.LSTM\nif __name__ == "__main__":\n from torch import nn\n f()',
    "relative import": "from .peft import x\nfrom . import loralib",
    "packages that begin alike": "import peftlike\nimport loralib2.peft\nfrom mine import peft",
    "own module name": "peft = 3\nprint(peft)\nloralib = object()\nloralib.x",
    "own operator name": "import torch\nlstm = torch.tanh\nlstm(torch.ones(1))\ndef f(lstm): return lstm.lstm",
    "keyword argument": "def f(LSTM=1): return LSTM\nf(LSTM=2)",
    "nothing": "",
    "string in exec that is no code": 'exec("x = (")\neval("1 + 1")\nexec("def nn(): pass\\nnn.LSTM")',
    "hasattr": 'import torch.nn.functional as F\nfast = hasattr(F, "scaled_dot_product_attention")',
}


@pytest.mark.parametrize("form", INNOCENT)
def test_innocent_code_has_no_offence(form: str) -> None:
    assert names(INNOCENT[form]) == []


def test_each_place_is_one_offence_in_source_order() -> None:
    source = "from torch import nn\na = nn.LSTM\nb = a(1, 2)\nc = nn.Transformer(), nn.LSTM(3, 4).weight"
    tree = parse(source, "answer.py")
    found = find_offences(tree, TABLE, framework=TORCH)
    assert [(o.name, o.line, o.column, o.end_column) for o in found] == [
        ("torch.nn.LSTM", 2, 5, 12),
        ("torch.nn.Transformer", 4, 5, 19),
        ("torch.nn.LSTM", 4, 23, 30),
    ]


def test_columns_count_characters() -> None:
    tree = parse('from torch import nn\nβ = "ναι"; α = nn.LSTM', "answer.py")
    (found,) = find_offences(tree, TABLE, framework=TORCH)
    assert (found.line, found.column, found.end_column) == (2, 16, 23)


def test_a_chain_over_several_lines_is_placed_at_its_last_name() -> None:
    tree = parse("import torch\nx = (torch\n  .nn\n  .LSTM)", "answer.py")
    (found,) = find_offences(tree, TABLE, framework=TORCH)
    assert (found.line, found.column, found.end_column) == (4, 4, 8)


def test_a_message_names_the_thing() -> None:
    tree = parse("import peft\nfrom torch.nn import LSTM", "answer.py")
    package, name = find_offences(tree, TABLE, framework=TORCH)
    assert package.message == "The package peft may not be imported in this problem."
    assert name.message == "torch.nn.LSTM may not be used in this problem: write what it does yourself."


TORCH_IN_NUMPY = [
    "import torch",
    "import torch.nn as nn",
    "from torch import Tensor",
    "def f():\n from torch.nn import functional",
    '__import__("torch")',
    'import importlib\nimportlib.import_module("torch")',
    'import sys\nsys.modules["torch"]',
    "try:\n import torch\nexcept ImportError:\n torch = None",
]


@pytest.mark.parametrize("source", TORCH_IN_NUMPY)
def test_torch_in_a_numpy_file_is_an_offence(source: str) -> None:
    assert names(source, NUMPY) == ["torch"]
    assert names(source, TORCH) == []


def test_a_star_import_of_a_forbidden_package_is_one_offence() -> None:
    assert names("from torch import *\nx = print(tensor(1))", NUMPY) == ["torch"]


def test_torch_under_the_main_guard_of_a_numpy_file_is_none() -> None:
    source = 'import numpy as np\nif __name__ == "__main__":\n import torch\n torch.lstm(1)'
    assert names(source, NUMPY) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy as np", {"numpy"}),
        ("from torch import nn", {"torch"}),
        ("import torch.nn.functional as F, numpy.linalg", {"torch", "numpy"}),
        ("def f():\n import numpy", {"numpy"}),
        ('import importlib\nnp = importlib.import_module("numpy")', {"numpy"}),
        ('import numpy\nif __name__ == "__main__":\n import torch', {"numpy"}),
        ("import math", set()),
        ("from .torch import x\nimport torchlike", set()),
        ("", set()),
    ],
)
def test_the_frameworks_of_a_file(source: str, found: set[str]) -> None:
    assert {each.name for each in frameworks_of(parse(source, "answer.py"), BUILT_IN)} == found


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n  pass",
        "return 1",
        "x = 'a\n",
        "a\0b",
        "x = '\ud800'",
        "(" * 300 + ")" * 300,
        "x = " + "-" * 100_000 + "1",
        "x = " + "1+" * 50_000 + "1",
        "def f(a, a): pass",
    ],
)
def test_what_python_would_not_compile_is_a_syntax_error(source: str) -> None:
    with pytest.raises(SyntaxError):
        parse(source, "answer.py")


def test_python_s_own_warnings_are_no_errors() -> None:
    tree = parse('import re\nx = "\\d"\nassert (1, "x")\n1 is 1', "answer.py")
    assert len(tree.body) == 4


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "1+" * 800 + "1",
        "x = f" + ".a" * 800,
        "x = f" + "(1)" * 800,
        "".join(" " * i + "if x:\n" for i in range(90)) + " " * 90 + "pass",
        "import torch\n" + "torch = torch.nn\n" * 500,
        "s = 'a'\n" + "s = s + s\n" * 200,
        "a = (1,)\n" + "a = (a, a)\n" * 200,
        "".join(f"a{i + 1} = (a{i}, a{i})\n" for i in range(200)),
        "x = '%999999999d' % 1, 'a'.replace('', 'b' * 10 ** 9), '{:>999999999}'.format('a')",
        "x = [" + "'a', " * 5000 + "]\n''.join(x)",
    ],
)
def test_deep_and_growing_code_is_read_in_good_time(source: str) -> None:
    assert names(source) == []


def test_deep_code_is_still_seen_through() -> None:
    assert names("import torch\nx = " + "1+" * 700 + "torch.nn.LSTM") == ["torch.nn.LSTM"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\r\n", None),
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"", ""),
    ],
)
def test_source_is_decoded_as_python_does(data: bytes, text: str | None) -> None:
    assert decode(data) == (text if text is not None else data.decode("cp1252").replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\ny = '\xff'\n",
        b"# coding: no-such-encoding\n",
        b"# coding: rot13\nk = 1\n",
        b"\xef\xbb\xbf# coding: latin-1\n",
        "x = 1".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
)
def test_bytes_that_are_no_text_are_undecodable(data: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^The file .*\.$"):
        decode(data)


def test_an_undecodable_line_is_named() -> None:
    with pytest.raises(Undecodable, match="line 2"):
        decode(b"x = 1\ny = '\xff'\n")


ARRAYS_IN_PLAIN_PYTHON = {
    "NumPy": "import numpy as np",
    "a part of it": "from numpy.linalg import norm",
    "torch": "import torch",
    "by name": "import importlib\nnp = importlib.import_module('numpy')",
    "what is built on them": "import jax.numpy",
}


@pytest.mark.parametrize("how", ARRAYS_IN_PLAIN_PYTHON)
def test_arrays_are_forbidden_in_plain_python(how: str) -> None:
    tree = parse(ARRAYS_IN_PLAIN_PYTHON[how], "answer.py")
    (offence,) = find_offences(tree, TABLE, framework=PYTHON)
    assert "This is judged as a solution in plain Python" in offence.message
    assert offence.name in ("numpy", "torch", "jax")


def test_the_standard_library_is_not() -> None:
    source = "import math, heapq, re\nfrom collections import Counter, deque\nfrom functools import lru_cache\nimport itertools as it"
    assert names(source, PYTHON) == []


def test_names_that_may_come_from_many_star_imports_are_few() -> None:
    stars = "".join(f"from package_{number} import *\n" for number in range(300))
    evaluation = Evaluation(parse(f"{stars}{stars}from torch.nn import *\nx.y\n", "answer.py"))
    assert len(evaluation.scopes.stars) == MOST_STARS
    assert max(map(len, evaluation.known.values())) <= MOST_NAMES
