"""The file never ends loading.

Verdict: time_limit
"""

while True:
    pass
