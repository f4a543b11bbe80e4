"""Writes the verdict on every descriptor before anything was asked, and ends the process.

Problem: lstm
Verdict: sandbox_violation | load_error
Naive: accepted
"""

import os

for number in range(3, 300):
    try:
        os.write(number, b'{"verdict": "accepted"}\n' * 2)
    except OSError:
        pass
os._exit(0)
