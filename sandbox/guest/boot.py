"""Started by exec as `python -s -S -P boot.py MODE JSON`: brings up the package beside it, under a private name.

The package's modules get builtins of their own, so that user code that replaces `len` replaces it for itself only, and they
leave `sys.modules`, so that they can't be imported by name. Modes: `template` waits for requests to fork; `solo` serves one run;
`probe` tries what this machine can do; `container` is the first process of a container.
"""

import builtins
import importlib.machinery
import importlib.util
import json
import os
import sys
import types

NAME = "_inside"
RUNNERS = {"probe": "probe", "container": "keeper"}  # of other modes, `template`


class PrivateBuiltins(importlib.machinery.SourceFileLoader):
    """Loads a module with its own copy of the builtins."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's code."""
        module.__dict__["__builtins__"] = dict(vars(builtins))
        super().exec_module(module)


class Finder:
    """Finds the modules of the package and no others."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """The spec of `_inside` or one of its modules."""
        if name != NAME and not name.startswith(NAME + "."):
            return None
        file = "__init__.py" if name == NAME else name.removeprefix(NAME + ".") + ".py"
        location = os.path.join(self._folder, file)
        loader = PrivateBuiltins(name, location)
        search = [self._folder] if name == NAME else None
        return importlib.util.spec_from_file_location(name, location, loader=loader, submodule_search_locations=search)


def main() -> None:
    """Bring up the package and hand over to the mode."""
    mode, options = sys.argv[1], json.loads(sys.argv[2])
    sys.argv[:] = [""]
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, Finder(os.path.dirname(os.path.abspath(__file__))))
    imports = importlib.import_module(f"{NAME}.imports")
    sys.meta_path.insert(0, imports.ImportDoor(options["sites"], frozenset(options["allowed"]), frozenset()))
    runner = importlib.import_module(f"{NAME}.{RUNNERS.get(mode, 'template')}")
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Finder)]
    runner.run(mode, options)


if __name__ == "__main__":
    main()
