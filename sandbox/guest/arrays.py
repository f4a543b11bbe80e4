"""NumPy, where this process has it.

In the sandbox of a solution in plain Python it can't be imported: no array comes or goes there, and starting costs nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["np"]

if TYPE_CHECKING:
    import numpy as np
else:
    try:
        import numpy as np
    except ImportError:
        np = None
