"""Small edits of a reference: the mutants that a problem's checks must reject, and the suspects that explain a wrong answer."""
