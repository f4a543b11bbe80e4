"""The part that is carried into the sandbox. It imports the standard library, NumPy and (for torch problems) torch only.

`wire` is used on both sides of the door; `interpreter` also runs the references, on the trusted side. Everything that
comes back through the door is checked there again: nothing in this package is trusted once user code was loaded.
"""
