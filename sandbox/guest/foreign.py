"""Memory by its address: the way to it that Python has, ctypes, is taken away before user code comes.

The events that ctypes raises don't tell a use: a union of a number and a pointer reads any memory and raises none. So nothing is left to
use. The template takes ctypes out of all modules and of the lists of subclasses, and puts a module in its place whose functions and
classes refuse. NumPy and torch import ctypes when they are imported themselves; afterwards, on a CPU, they do without. This package keeps
it until a run begins (`forget`).
"""

from __future__ import annotations

import ctypes
import gc
import struct
import sys
import types
import weakref
from collections.abc import Collection, Iterator
from typing import Any

from . import system
from .offences import EVERYWHERE, LATE, ForbiddenFunction

PACKAGES = frozenset({"ctypes", "_ctypes"})
SUBMODULES = ("ctypes.util", "ctypes.wintypes")
WITHOUT = "numpy._core._internal"  # where ctypes is None there, `array.ctypes` has a stand-in of NumPy's own
FLAGS = frozenset({"RTLD_LOCAL", "RTLD_GLOBAL", "DEFAULT_MODE"})  # torch adds them up, and loads nothing
# Sympy, which torch imports late, asks for the size of a number: struct's letters for them.
SIZES = {
    "c_short": "h",
    "c_int": "i",
    "c_long": "l",
    "c_longlong": "q",
    "c_size_t": "N",
    "c_void_p": "P",
    "c_double": "d",
}

_taken: dict[str, types.ModuleType] = {}


def take_away() -> None:
    """In the template, once everything is imported: nothing but this package leads to ctypes any more."""
    for name in [name for name in sys.modules if name.split(".")[0] in PACKAGES]:
        _taken[name] = sys.modules[name]
    sys.modules.update({name: Absent(name) for name in (*_taken, *SUBMODULES)})
    classes = list(_classes())
    _clear_copy(_taken["_ctypes"])
    _replace_in_modules(classes)
    unlist(classes)


def put_back() -> None:
    """In a run that tries the walls alone: with ctypes."""
    sys.modules.update(_taken)


def forget() -> None:
    """In a run, before user code comes: this package has no ctypes any more either."""
    _taken.clear()
    for module in (vars(system), globals()):
        module["ctypes"] = None
    vars(system)["_libc"] = None


def keep_for_good(thing: object) -> None:
    """Count one reference more, which nobody holds."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def unlist(classes: Collection[type]) -> None:
    """Take classes out of what `__subclasses__()` of their bases gives: each base keeps a dict of weak references to them."""
    references = [reference for each in classes for reference in weakref.getweakrefs(each)]
    known = {id(reference) for reference in references}
    for holder in gc.get_referrers(*references):
        if type(holder) is dict:
            for key in [key for key, value in holder.items() if id(value) in known]:
                del holder[key]


def _classes(below: type = object) -> Iterator[type]:
    """Those of ctypes and all that are made from them."""
    each: type
    for each in type.__subclasses__(below):
        if str(vars(each).get("__module__", each.__module__)).split(".")[0] in PACKAGES:
            yield each
        yield from _classes(each)


def _clear_copy(module: types.ModuleType) -> None:
    """The copy from which Python would make the module once more, without loading it: the C API's modules of a single phase have one."""
    own = vars(module)
    for holder in gc.get_referrers(own["CFuncPtr"]):
        if type(holder) is dict and holder is not own and "_unpickle" in holder:
            holder.clear()


def _replace_in_modules(classes: Collection[type]) -> None:
    """Put stand-ins where other modules hold ctypes itself, or what they have imported from it."""
    own = {id(each) for each in (*_taken.values(), *classes)}
    inside = {id(vars(each)) for each in _taken.values()}
    own |= {id(value) for space in _taken.values() for value in vars(space).values() if _is_of_ctypes(value)}
    for name, module in list(sys.modules.items()):
        space = getattr(module, "__dict__", {})
        if id(space) in inside or name in _taken:
            continue
        for key in [key for key, value in list(space.items()) if id(value) in own]:
            stand_in = sys.modules["ctypes"] if type(space[key]) is types.ModuleType else Missing(key, (), {})
            space[key] = None if name == WITHOUT else stand_in
        if any(value is sys.modules["ctypes"] for value in list(space.values())):
            _forget_annotations(space, own)


def _forget_annotations(space: dict[str, Any], own: set[int]) -> None:
    """Take away what the functions and methods of a module say of arguments and results that are of ctypes."""
    held = [value for value in list(space.values()) if getattr(value, "__module__", None) == space["__name__"]]
    inside = [each for value in held if isinstance(value, type) for each in list(vars(value).values())]
    for function in (*held, *inside):
        if isinstance(function, types.FunctionType):
            told = function.__annotations__
            for name in [name for name, kind in told.items() if _leads_to(kind, own)]:
                del told[name]


def _leads_to(kind: object, own: set[int]) -> bool:
    """Whether an annotation is one of these, or is made of one."""
    return id(kind) in own or any(_leads_to(part, own) for part in getattr(kind, "__args__", ()))


def _is_of_ctypes(value: object) -> bool:
    return str(getattr(value, "__module__", None) or type(value).__module__).split(".")[0] in PACKAGES


class Absent(types.ModuleType):
    """What stands in the place of ctypes: it can be imported, and classes can be derived from its classes; that is all."""

    def __getattr__(self, name: str) -> object:
        if name in FLAGS:
            return 0
        if name == "sizeof":
            return _size_of
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(name, (), {})


class Missing(type):
    """A function or a class of ctypes that refuses to be called."""

    def __call__(cls, *args: object, **kwargs: object) -> None:
        """Refuse."""
        _report(cls.__name__, sys._getframe(1).f_code.co_filename)
        raise ForbiddenFunction(f"ctypes.{cls.__name__} is forbidden here")

    def __mul__(cls, count: object) -> Missing:
        return cls

    def __getattr__(cls, name: str) -> None:
        if not name.startswith("__"):
            _report(f"{cls.__name__}.{name}", sys._getframe(1).f_code.co_filename)
        raise AttributeError(name)


def _size_of(kind: type) -> int:
    """ctypes.sizeof, for the stand-ins of numbers."""
    if kind.__name__ not in SIZES:
        raise TypeError(f"the size of {kind.__name__} is not known here")
    return struct.calcsize(SIZES[kind.__name__])


def _report(name: str, filename: str) -> None:
    """Report a use by the user's code. One by a library, which may look for ctypes while it is imported, is refused and no offence."""
    if not LATE.is_library(filename):
        LATE.offend(EVERYWHERE, f"ctypes.{name}")
