"""torch by importlib, and lstm by attrgetter.

Verdict: forbidden
"""

import importlib
from operator import attrgetter

library = importlib.import_module("torch")
function = attrgetter("_VF.lst" + "m")(library)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = function(x, (h0[None], c0[None]), [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, (h[0], c[0])
