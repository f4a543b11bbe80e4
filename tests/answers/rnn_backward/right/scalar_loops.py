"""Python loops over every number, in float64."""

import math

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    B, T, I = x.shape
    H = len(b_ih)
    X, U, W = x.tolist(), w_ih.tolist(), w_hh.tolist()
    bias = [float(a) + float(b) for a, b in zip(b_ih, b_hh)]
    dX = [[[0.0] * I for _ in range(T)] for _ in range(B)]
    dU = [[0.0] * I for _ in range(H)]
    dW = [[0.0] * H for _ in range(H)]
    dB = [0.0] * H
    dH0 = []
    for n in range(B):
        hs = [h0[n].tolist()]
        for t in range(T):
            row = []
            for j in range(H):
                s = bias[j]
                for i in range(I):
                    s += U[j][i] * X[n][t][i]
                for k in range(H):
                    s += W[j][k] * hs[-1][k]
                row.append(math.tanh(s))
            hs.append(row)
        g = [float(v) for v in d_h_n[n]]
        for t in range(T - 1, -1, -1):
            d = [(g[j] + float(d_outputs[n, t, j])) * (1 - hs[t + 1][j] ** 2) for j in range(H)]
            for j in range(H):
                dB[j] += d[j]
                for i in range(I):
                    dU[j][i] += d[j] * X[n][t][i]
                    dX[n][t][i] += d[j] * U[j][i]
                for k in range(H):
                    dW[j][k] += d[j] * hs[t][k]
            g = [sum(d[j] * W[j][k] for j in range(H)) for k in range(H)]
        dH0.append(g)
    return tuple(np.array(a, dtype=x.dtype) for a in (dX, dU, dW, dB, dB, dH0))
