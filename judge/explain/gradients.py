"""The line whose derivative is wrong: gradients that came back to a solution's values, set beside those of right answers.

The gradient of a value goes back from the result, so the value that is made last and has a wrong one shows the place: what is made of it
later has right gradients, as far as can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from judge.explain.locating import Held, Node
from judge.explain.setting_beside import Beside, Standing
from judge.source import Place


def untracked(nodes: Sequence[Node], beside: Beside) -> Node | None:
    """The first statement that makes a value without a gradient of one that has one, where in a right answer it has one."""
    for node in nodes:
        if node.seen.event == "enter" or not node.held:
            continue
        mine = [each for each in node.held if each.arrays and any(a.dtype.kind == "f" for a in each.arrays)]
        if not mine or any(each.tracked for each in mine) or not any(each.tracked for each in node.uses):
            continue
        found = [beside.arranged(array) for each in mine for array in each.arrays if array.size > 1]
        if any(number >= 0 and beside.right[number].tracked for number in found):
            return node
    return None


def wrong_gradient(nodes: Sequence[Node], beside: Beside) -> tuple[Held, list[Node]] | None:
    """The value made last to which a wrong gradient comes back, and the statements that it comes from.

    All that was made of it later gets a right gradient, as far as can be seen: so what is done with it has a wrong derivative.
    """
    for number in range(len(nodes) - 1, -1, -1):
        for one in nodes[number].held:
            if one.gradient is None or not _is_off(one, beside):
                continue
            users = [each for each in nodes[number + 1 :] if any(use is one for use in each.uses)]
            return one, users
    return None


def wrong_backward(nodes: Sequence[Node], places: Sequence[Place]) -> Node | None:
    """The first return of a backward pass of the file's own that gives back wrong gradients."""
    for node in nodes:
        function = places[node.place.function].name
        if node.seen.event == "return" and function == "backward" and node.standing > Standing.NEUTRAL:
            return node
    return None


def _is_off(one: Held, beside: Beside) -> bool:
    """Whether a value is that of a right answer, and its gradient none that a right answer has there."""
    mine = one.gradient
    assert mine is not None
    right = [each for array in one.arrays for each in beside.like(array) if each.gradients]
    gradients = [gradient for each in right for gradient in each.gradients]
    if bool(np.isnan(mine).any()):
        same_shape = [each for each in beside.right if each.value.shape == mine.shape]
        return not any(bool(np.isnan(gradient).any()) for each in same_shape for gradient in each.gradients)
    return bool(gradients) and not any(beside.is_arranged(mine, gradient) for gradient in gradients)
