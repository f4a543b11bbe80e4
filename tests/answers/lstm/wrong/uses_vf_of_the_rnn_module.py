"""_VF as the module of nn.LSTM has it.

Verdict: forbidden
"""

from torch.nn.modules import rnn


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs, h, c = rnn._VF.lstm(x, (h0[None], c0[None]), [w_ih, w_hh, b_ih, b_hh], True, 1, 0.0, False, False, True)
    return outputs, (h[0], c[0])
