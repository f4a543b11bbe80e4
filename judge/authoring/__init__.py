"""Tools for those who write problems: mutants of a reference, and the proof that a problem is good."""
