"""The resident judge: a process of this user that has everything loaded, so that the second `judge run` is quick.

`client` asks it, `resident` is it; `place` is where they meet, `identity` what they must agree in.
"""
