"""Frameworks: what a solution is written with, as objects. Three are this project's own; a pack brings more in `frameworks.toml`.

A framework's name stands in problem.toml, in JSON, in the store and on the command line. All that follows from it is an attribute here,
so that nothing else compares names. A pack's frameworks are found from the folder of a problem alone: every process that is told a
problem's folder knows them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

FILE = "frameworks.toml"
MOST_LETTERS = 40  # of a name
OWN_PACKAGES = ("judge", "problems", "reference", "sandbox")  # no run may read these
TORCH_PACKAGES = ("torch", "functorch", "torchgen", "torchvision", "torchaudio")
ARRAY_PACKAGES = (*TORCH_PACKAGES, "numpy", "einops", "scipy", "pandas", "jax", "tensorflow")
NEEDED_BY_THEM = (
    "filelock",
    "fsspec",
    "functorch",
    "jinja2",
    "markupsafe",
    "mpmath",
    "networkx",
    "numpy.libs",
    "optree",
    "packaging",
    "setuptools",
    "sympy",
    "torchgen",
    "typing_extensions",
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


class BrokenProblem(Exception):
    """A problem's folder can't be read; the message names the file and what is wrong in it."""


class Values(StrEnum):
    """What a solution takes and gives back.

    Attributes:
        TENSOR: torch's tensors.
        ARRAY: NumPy's arrays.
        VALUE: plain values of Python: numbers, texts, lists.
    """

    TENSOR = "tensor"
    ARRAY = "array"
    VALUE = "value"


class NoiseKind(StrEnum):
    """How it is found out how sure a reference is of its numbers: each of its operations is a little off.

    Attributes:
        TORCH: torch's operations are, as its dispatcher sees them.
        NUMPY: NumPy's are, in a rewritten copy of the source.
        PYTHON: those on Python's floats are, in a rewritten copy of the source.
        NONE: nothing is: the reference computes with more digits than it gives back.
    """

    TORCH = "torch"
    NUMPY = "numpy"
    PYTHON = "python"
    NONE = "none"


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """What solutions of one kind are written with.

    Attributes:
        name: what stands for it in files, in JSON and on the command line.
        called: what people call it.
        values: what goes in and comes back.
        noise: how sure the reference is of its numbers.
        imports: modules that a sandbox's template imports, in this order, so that runs begin with them.
        optional: those of `imports` that need not be installed.
        packages: top-level packages that a solution may import, beside the standard library.
        needed: further packages that these import.
        foreign: packages that may not be imported.
        told_by: packages whose import tells that a file is written with it.
        starter: the file that a problem's folder holds for it, where it is not the problem's first framework.
    """

    name: str
    called: str
    values: Values
    noise: NoiseKind
    imports: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    starter: str = ""

    @property
    def importable(self) -> tuple[str, ...]:
        """Top-level packages that are found in a sandbox, installed or not."""
        return (*self.packages, *self.needed)

    @property
    def has_gradients(self) -> bool:
        """Whether gradients can be asked for."""
        return self.values is Values.TENSOR

    @property
    def is_plain(self) -> bool:
        """Whether no array goes in or comes back."""
        return self.values is Values.VALUE

    def foreign_words(self, package: str) -> str:
        """What a person is told who uses a package that is foreign to it."""
        if not self.is_plain:
            article = "an" if self.called[:1] in "aeiouAEIOU" else "a"
            return f"This is judged as {article} {self.called} solution, and {package} may not be used in one."
        there = ["the standard library", *self.packages]
        listed = f"{', '.join(there[:-1])} and {there[-1]} are there" if there[1:] else f"{there[0]} is there"
        return f"This is judged as a solution in {self.called}, and {package} may not be used in one: {listed}."


TORCH = Framework(
    name="torch",
    called="PyTorch",
    values=Values.TENSOR,
    noise=NoiseKind.TORCH,
    imports=("numpy", "einops", "torch"),
    optional=("einops",),
    packages=("numpy", "torch", "einops"),
    needed=NEEDED_BY_THEM,
    told_by=("torch",),
    starter="starter_torch.py",
)
NUMPY = Framework(
    name="numpy",
    called="NumPy",
    values=Values.ARRAY,
    noise=NoiseKind.NUMPY,
    imports=("numpy", "einops"),
    optional=("einops",),
    packages=("numpy", "einops"),
    needed=NEEDED_BY_THEM,
    foreign=TORCH_PACKAGES,
    told_by=("numpy",),
    starter="starter_numpy.py",
)
PYTHON = Framework(
    name="python",
    called="plain Python",
    values=Values.VALUE,
    noise=NoiseKind.PYTHON,
    foreign=ARRAY_PACKAGES,
    starter="starter_python.py",
)
BUILT_IN = (TORCH, NUMPY, PYTHON)
USUAL = TORCH
"""What is got ready where nobody has said yet what for."""

_NOISES = {
    Values.TENSOR: (NoiseKind.TORCH,),
    Values.ARRAY: (NoiseKind.NUMPY,),
    Values.VALUE: (NoiseKind.PYTHON, NoiseKind.NONE),
}
_CARRIED_BY = {Values.TENSOR: ("numpy", "torch"), Values.ARRAY: ("numpy",), Values.VALUE: ()}
_LIKE = {each.values: each for each in BUILT_IN}


def is_name(text: str) -> bool:
    """Whether a framework may be called so: it becomes part of a file's name."""
    return len(text) <= MOST_LETTERS and _NAME.fullmatch(text) is not None


def framework_named(name: str, brought: Sequence[Framework] = ()) -> Framework | None:
    """The framework of this name: this project's own, or one that a pack brings; None where there is none."""
    return next((each for each in (*BUILT_IN, *brought) if each.name == name), None)


def told_by_imports(packages: Iterable[str], among: Iterable[Framework]) -> tuple[Framework, ...]:
    """Those that the imports of a file tell."""
    found = frozenset(packages)
    return tuple(each for each in among if found.intersection(each.told_by))


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A framework as a pack writes it down; what is left out is as in this project's own framework of the same values."""

    name: str
    called: str = ""
    values: Values
    noise: NoiseKind | None = None
    imports: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    foreign: tuple[str, ...] | None = None
    told_by: tuple[str, ...] | None = None
    starter: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """frameworks.toml."""

    framework: tuple[_Written, ...] = ()


def brought_by(pack: Path) -> tuple[Framework, ...]:
    """The frameworks that a pack brings: `frameworks.toml`, beside its `problems/`. Imports nothing of them.

    Raises:
        BrokenProblem: the file can't be read, makes no sense, or what it imports is not installed.
    """
    path = pack / FILE
    try:
        written = msgspec.toml.decode(path.read_bytes(), type=_File).framework
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise BrokenProblem(f"{path} can't be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenProblem(f"{path}: {error}") from error
    found: list[Framework] = []
    for each in written:
        if why := _trouble(each, [other.name for other in found]):
            raise BrokenProblem(f"{path}: {why}")
        for package in (*each.packages, *each.needed):
            if (place := place_of(package)) is not None and pack in place.parents:
                raise BrokenProblem(
                    f"{path}: {each.name} allows {package}, which is this pack itself, with its references: take it out"
                )
        found.append(_completed(each))
    return tuple(found)


def _completed(written: _Written) -> Framework:
    like = _LIKE[written.values]
    fields: dict[str, Any] = {name: getattr(written, name) for name in written.__struct_fields__}
    own = (*written.packages, *written.needed)
    fields["called"] = written.called or written.name
    fields["noise"] = written.noise or like.noise
    fields["starter"] = written.starter or f"starter_{written.name}.py"
    if written.foreign is None:
        fields["foreign"] = tuple(package for package in like.foreign if package not in own)
    if written.told_by is None:
        fields["told_by"] = tuple(package for package in written.packages if package not in like.packages)
    return Framework(**fields)


def _trouble(written: _Written, others: Sequence[str]) -> str:
    """Why a framework can't be used, and what to do, a sentence without its end; "" where it can."""
    name = written.name
    if not is_name(name):
        rule = f"small letters, digits and `_`, beginning with a letter, {MOST_LETTERS} at most"
        return f"a framework can't be called {name!r}: write its name in {rule}"
    if framework_named(name) is not None:
        return f"{name} is a framework of the judge itself: give yours another name"
    if name in others:
        return f"two frameworks are called {name}: give one of them another name"
    for key in ("imports", "optional", "packages", "needed", "foreign", "told_by"):
        for word in getattr(written, key) or ():
            if not _MODULE.fullmatch(word):
                return f"{key} of {name} names {word!r}, which is no module: write it as in an import statement"
            if key not in ("imports", "optional") and "." in word:
                return f"{key} of {name} names {word!r}: write the top-level package, {word.partition('.')[0]!r}"
    return _contradiction(written) or _not_there(written)


def _contradiction(written: _Written) -> str:
    name, values = written.name, written.values
    if written.noise is not None and written.noise not in _NOISES[values]:
        possible = " or ".join(f'"{noise}"' for noise in _NOISES[values])
        return f'{name} has values = "{values}" and noise = "{written.noise}": for these values noise is {possible}'
    own = (*written.packages, *written.needed)
    if own_here := [package for package in own if package in OWN_PACKAGES]:
        return f"{name} allows {own_here[0]}, which holds references or checks: take it out of packages and needed"
    for module in _CARRIED_BY[values]:
        if module not in written.imports or module not in own:
            return f'{name} has values = "{values}", which {module} carries: name {module} in imports and in packages'
    if left := [
        module for module in written.imports if module.partition(".")[0] not in {*own, *sys.stdlib_module_names}
    ]:
        return f"{name} imports {left[0]} and does not allow it: name {left[0].partition('.')[0]} in packages or needed"
    if both := [package for package in written.foreign or () if package in own]:
        return f"{name} allows {both[0]} and calls it foreign: take it out of foreign, or out of packages and needed"
    if left := [module for module in written.optional if module not in written.imports]:
        return f"{name} calls {left[0]} optional and does not import it: name it in imports as well"
    if written.starter and not (
        Path(written.starter).suffix == ".py" and Path(written.starter).name == written.starter
    ):
        return f"{name} calls its starter {written.starter!r}: it is a file `NAME.py` in the problem's folder"
    return ""


def _not_there(written: _Written) -> str:
    for module in written.imports:
        top = module.partition(".")[0]
        if module not in written.optional and top not in sys.stdlib_module_names and place_of(top) is None:
            return f"{written.name} imports {module}, and {top} is not installed here: install it beside the judge"
    return ""


def place_of(package: str) -> Path | None:
    """The file or folder of a top-level package, found without importing it; None where it is not installed."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    return Path(spec.origin or next(iter(spec.submodule_search_locations or [""])))


def clashes(brought: Iterable[tuple[Path, Sequence[Framework]]]) -> dict[Path, str]:
    """Packs that bring a framework of the name that an earlier one's has, and why that won't do.

    Args:
        brought: folders of packs, each with what it brings.
    """
    first: dict[str, tuple[Path, Framework]] = {}
    found: dict[Path, str] = {}
    for pack, frameworks in brought:
        for each in frameworks:
            other, theirs = first.setdefault(each.name, (pack, each))
            if other != pack and theirs != each:  # a copy of the same pack, installed and in a folder, is no clash
                found[pack] = (
                    f"{pack / FILE} brings a framework called {each.name}, and so does {other / FILE}: rename one of them"
                )
    return found
