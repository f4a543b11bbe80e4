"""`judge`, and `python -m judge`."""

import os
import sys

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# `python -m` puts the working folder first: a file msgspec.py beside the user's attention.py must not be imported.
if __name__ == "__main__" and not sys.flags.safe_path and os.path.abspath(sys.path[0]) != _ROOT:
    del sys.path[0]

from judge.service.interruption import quiet_interruptions  # noqa: E402 - after the path is right


def main() -> int:
    """Carry out the command line: by the fork server, or here."""
    with quiet_interruptions():
        from judge.service.thin_client import Lost, carried_out, serves
    try:
        status = carried_out(sys.argv[1:])
    except Lost:
        from judge.cli import lost

        return lost()
    if status is not None:
        return status
    with quiet_interruptions():
        if sys.argv[1:2] == ["run"] and not serves():
            from judge.service import early

            early.begin()
        from judge.cli import main as main_here
    return main_here()


if __name__ == "__main__":
    sys.exit(main())
