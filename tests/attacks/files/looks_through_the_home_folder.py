"""Goes through the user's home folder and prints what is called a secret there.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
"""

import os

import numpy as np


def attack():
    for home in ("@HOME@", os.environ.get("HOME", "@HOME@")):
        for folder, _, names in os.walk(home, onerror=print):
            for name in names:
                if name == "secret.txt":
                    print(open(os.path.join(folder, name)).read())


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
