"""Adds the judge's folder of right answers to the places where modules are looked for.

Problem: lstm
Verdict: runtime_error | sandbox_violation | load_error
Naive: accepted
"""

import sys

sys.path.insert(0, "@ROOT@/problems/lstm/accepted")
sys.meta_path[:] = [finder for finder in sys.meta_path if "PathFinder" in repr(finder)] or sys.meta_path
sys.path_importer_cache.clear()

from numpy_loop import lstm
