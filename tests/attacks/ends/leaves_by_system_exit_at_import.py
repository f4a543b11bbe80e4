"""Raises the exception that ends a program with success as soon as it is loaded.

Problem: lstm
Verdict: load_error
Naive: accepted
"""

raise SystemExit(0)
