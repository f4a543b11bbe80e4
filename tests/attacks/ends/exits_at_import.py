"""Ends its process with success as soon as it is loaded.

Problem: lstm
Verdict: load_error
Naive: accepted
"""

import os

os._exit(0)
