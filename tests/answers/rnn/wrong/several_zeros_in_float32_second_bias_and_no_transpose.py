"""The zeros for a missing h0 are float32 whatever the inputs are, the second bias is left out,
and the hidden state meets w_hh without its transpose.

Verdict: runtime_error | wrong_answer
Lines: 16, 21, 22
Mistakes: 3
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    batch, length, _ = x.shape
    hidden = w_hh.shape[0]
    if h0 is None:
        h0 = torch.zeros(batch, hidden)
    h = h0
    outputs = []
    for t in range(length):
        from_input = x[:, t] @ w_ih.T + b_ih
        from_state = h @ w_hh
        h = torch.tanh(from_input + from_state)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h
