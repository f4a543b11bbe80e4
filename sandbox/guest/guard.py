"""An audit hook on files, sockets, processes, and on searches of Python's own objects.

What it says of the machine stops accidents and plain attempts, not an attacker: code in one's own process can get around a hook. The
`linux` and `docker` sandboxes put walls around it. It is a part of the rules as well, so user code finds nothing of it that could be
changed: no object leads to the hook, what it raises holds none of its own objects, and they look up names where nobody else does.
"""

from __future__ import annotations

import builtins
import os
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .offences import EVERYWHERE, RULE, VIOLATION, Offend

_VIOLATIONS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.kill",
    "os.killpg",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.lchown",
    "os.utime",
    "os.setxattr",
    "os.chdir",
    "os.fchdir",
    "shutil.",
    "pty.",
    "webbrowser.",
    "ftplib.",
    "http.client.",
    "imaplib.",
    "poplib.",
    "smtplib.",
    "nntplib.",
    "telnetlib.",
    "urllib.",
    "sqlite3.",
    "syslog.",
    "winreg.",
    "_winapi.",
    "resource.setrlimit",
    "resource.prlimit",
    "cpython.PyInterpreterState_New",  # an interpreter to which no hook listens
)
# These find objects that nothing leads to, and what runs in other threads.
_SEARCHES = frozenset(
    {"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames", "sys._current_exceptions"}
)
_IMPORTLIB = "<frozen importlib"  # where code of the import system says that it comes from
_OF_PATHS = frozenset({"open", "os.listdir", "os.scandir", "os.mkdir", "import"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS_PLACES = ("/proc/", "/sys/", "/etc/", "/usr/share/zoneinfo", "/dev/")
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_DEVICES = frozenset({"/dev/null", "/dev/urandom", "/dev/random", "/dev/zero"})
# Extension modules that give memory by its address, or the frames and code of whatever runs.
_FOREIGN = frozenset({"_ctypes", "_ctypes_test", "_cffi_backend", "_xxsubinterpreters", "_interpreters"})
_FOR_TESTS = "_test"  # so begin the names of those that come with Python for its own tests

Finding = tuple[str, str, bool]  # kind of offence, what it is, and whether it counts as one: else it is only refused
Look = Callable[[str, tuple[Any, ...]], Finding | None]


class SandboxViolation(PermissionError):
    """Raised where user code reaches for a file, the network or another process."""


def install(
    readable: Iterable[str],
    sites: Iterable[str],
    hidden: Iterable[str],
    unloaded: Mapping[str, str],
    filename: str,
    offend: Offend,
) -> None:
    """Watch this process from now on. It can't be taken back.

    Args:
        readable: files and folders that may be read (the interpreter's libraries).
        sites: folders that may be listed, since imports look into them.
        hidden: files that may not be read even so.
        unloaded: files of modules that may not be loaded, and the modules' names.
        filename: of the user's file, which is not there: tracebacks look for its lines.
        offend: reports an offence and ends the process.
    """
    libraries = [*readable, *filter(None, sys.path)]
    look = private(globals())["looker"](libraries, list(sites), list(hidden), dict(unloaded), filename)
    hook = types.FunctionType(_hook.__code__, {"__builtins__": {}}, "hook")
    hook.__kwdefaults__ = {
        "calls": (look, offend, sys._getframe, str.startswith, type),
        "words": (_OF_PATHS, _SEARCHES, _VIOLATIONS, tuple(libraries), _IMPORTLIB, EVERYWHERE, VIOLATION),
        "errors": ((MemoryError, RecursionError), SandboxViolation),
    }
    sys.addaudithook(hook)


def _hook(event: str, args: tuple[Any, ...], *, calls: Any, words: Any, errors: Any) -> None:
    """The hook, whose other arguments are constants.

    It has no globals and no builtins. A traceback would lead to what it holds, so all of that goes before it raises.
    """
    look, offend, frame, begins, kind_of = calls
    of_paths, searches, violations, libraries, importlib, everywhere, violation = words
    exhausted, refusal = errors
    found = again = None
    if event in of_paths:
        try:
            found = look(event, args)
        except exhausted as error:
            again = kind_of(error)
        except:  # noqa: E722  (there is no name to look up here) whatever it is, it is not let through
            found = (violation, event, False)
    elif event in searches:
        found = (everywhere, event, True)
    elif event.startswith("ctypes."):
        found = (everywhere, "ctypes", True)
    elif event == "sys.addaudithook":
        found = (violation, event, False)
    elif event.startswith(violations):
        found = (violation, event, True)
    if found is not None and found[2]:
        by = frame(1).f_code.co_filename
        # Some of Python's own modules search objects, and importing looks into every folder that the file has put in sys.path.
        if not (begins(by, libraries) if event in searches else event == "os.listdir" and begins(by, importlib)):
            offend(found[0], found[1])
    del (
        args,
        calls,
        words,
        errors,
        look,
        offend,
        frame,
        begins,
        kind_of,
        of_paths,
        searches,
        violations,
        libraries,
        exhausted,
    )
    if again is not None:
        raise again
    if found is not None:
        raise refusal(1, f"not permitted in the sandbox: {found[1]}")


def looker(libraries: list[str], sites: list[str], hidden: list[str], unloaded: dict[str, str], filename: str) -> Look:
    """A function that finds out what is wrong with an event that names a file; None where nothing is.

    It calls nothing that belongs to user code: arguments may be of classes whose methods lie, or look at who calls them.
    """
    paths = private(vars(os.path))
    readable = _reader(libraries, paths)
    on_open = _opener(readable, hidden, unloaded, filename, paths)
    listed = frozenset(paths["abspath"](folder) for folder in sites)

    def on_import(name: str, file: Any) -> Finding | None:
        last = name.rpartition(".")[2]
        if last in _FOREIGN or last.startswith(_FOR_TESTS):
            return (EVERYWHERE, f"import {name}", True)
        if file is not None and not readable(_text(file)):
            return (VIOLATION, f"loading the library {_text(file)!r}", True)
        return None

    def on_list(path: Any) -> Finding | None:
        if issubclass(type(path), int):
            return None
        place = "." if path is None else _text(path)
        if paths["abspath"](place) in listed or readable(place):
            return None
        return (VIOLATION, f"listing the folder {place!r}", not f"{place}/".startswith(_HARMLESS_PLACES))

    def look(event: str, args: tuple[Any, ...]) -> Finding | None:
        if event == "open":
            return on_open(*args)
        if event == "import":
            return on_import(_text(args[0]), args[1])
        if event == "os.mkdir":
            # Parts of torch see to it that their cache is there while they are imported: where it is, that is no offence.
            return (VIOLATION, event, not paths["isdir"](_text(args[0])))
        return on_list(args[0] if args else None)

    return look


def _text(path: Any) -> str:
    """A path as a plain string, whatever its class makes of it."""
    if issubclass(type(path), str):
        return str.__str__(path)
    return bytes.decode(path, sys.getfilesystemencoding(), "surrogateescape")


def _reader(libraries: list[str], paths: dict[str, Any]) -> Callable[[str], bool]:
    absolute, real, separator = paths["abspath"], paths["realpath"], os.sep
    roots = tuple(dict.fromkeys(plain(folder) + separator for folder in libraries for plain in (absolute, real)))

    def readable(path: str) -> bool:
        """Whether it lies in one of the libraries; installed packages lie in the standard library's folder, not in the library."""
        for place in {absolute(path) + separator, real(path) + separator}:
            for root in roots:
                if place.startswith(root) and _PACKAGES.isdisjoint(place[len(root) :].split(separator)):
                    return True
        return False

    return readable


def _opener(
    readable: Callable[[str], bool],
    hidden: list[str],
    unloaded: dict[str, str],
    filename: str,
    paths: dict[str, Any],
) -> Callable[[Any, Any, Any], Finding | None]:
    absolute, real = paths["abspath"], paths["realpath"]
    closed = frozenset(plain(file) for file in hidden for plain in (absolute, real))
    absent = {plain(file): name for file, name in unloaded.items() for plain in (absolute, real)}
    own = os.path.dirname(absolute(__file__)) + os.sep
    separator = os.sep
    own_name = filename.rpartition(separator)[2]

    def on_open(path: Any, mode: Any, flags: Any) -> Finding | None:
        if issubclass(type(path), int):
            return None
        name = _text(path)
        if name in _DEVICES:
            return None
        modes = _text(mode) if issubclass(type(mode), str) else ""
        if type(flags) is not int or flags & _WRITING or not set(modes).isdisjoint("wax+"):
            return (VIOLATION, f"writing the file {name!r}", "__pycache__" not in name)
        places = {absolute(name), real(name)}
        for place in places:
            if place in absent:
                return (RULE, f"import {absent[place]}", True)
        if not closed.isdisjoint(places):
            return (VIOLATION, f"reading the file {name!r}", False)
        if readable(name):
            return None
        # Tracebacks and warnings look up source lines, this package's own among them: refused, but no offence. Python's own printer of
        # tracebacks looks for a file in every folder of `sys.path`.
        harmless = name.rpartition(separator)[2] == own_name or absolute(name).startswith((own, *_HARMLESS_PLACES))
        return (VIOLATION, f"reading the file {name!r}", not harmless)

    return on_open


def private(space: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a module's names, whose functions look up names in the copy: what is done to the module changes nothing there."""
    copy = dict(space)
    copy["__builtins__"] = dict(vars(builtins))
    for name, value in space.items():
        if isinstance(value, types.FunctionType) and value.__globals__ is space:
            made = types.FunctionType(value.__code__, copy, name, value.__defaults__, value.__closure__)
            made.__kwdefaults__ = value.__kwdefaults__
            copy[name] = made
        elif isinstance(value, types.ModuleType):
            copy[name] = types.SimpleNamespace(**vars(value))
    return copy
