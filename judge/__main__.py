"""`python -m judge`, the same as `judge`."""

import os
import sys

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# `python -m` puts the working folder first: a file msgspec.py beside the user's attention.py must not be imported.
if not sys.flags.safe_path and os.path.abspath(sys.path[0]) != _ROOT:
    del sys.path[0]

from judge.cli import main  # noqa: E402 - after the path is right

sys.exit(main())
