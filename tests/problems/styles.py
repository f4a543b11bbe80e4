"""Right answers in several styles, to ask the comparison whether it takes them; they run on this side, as tensors."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

# attention


class Attention(nn.Module):
    """What the styles below share: four projections, heads side by side."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.heads, self.width = num_heads, d_model // num_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, self.width)).transpose(1, 2)

    def join(self, heads: Tensor) -> Tensor:
        return heads.transpose(1, 2).flatten(2)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = self.split(self.q_proj(query)), self.split(self.k_proj(key)), self.split(self.v_proj(value))
        return self.o_proj(self.join(self.attend(q, k, v, mask)))

    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        raise NotImplementedError


def hidden(scores: Tensor, mask: Tensor | None) -> Tensor:
    return scores if mask is None else scores.masked_fill(~mask, -math.inf)


class Einsum(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = torch.einsum("bhtd,bhsd->bhts", q, k) / self.width**0.5
        return torch.einsum("bhts,bhsd->bhtd", hidden(scores, mask).softmax(-1), v)


class LogSumExp(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden(q @ k.transpose(-1, -2) / math.sqrt(self.width), mask)
        return torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True)) @ v


class LogSoftmax(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden((q * self.width**-0.5) @ k.mT, mask)
        return scores.log_softmax(-1).exp() @ v


class OnlineSoftmax(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden((q / math.sqrt(self.width)) @ k.mT, mask)
        top = torch.full(scores.shape[:-1], -math.inf, dtype=q.dtype)
        total = torch.zeros_like(top)
        out = torch.zeros_like(q)
        for s in range(k.shape[2]):
            score = scores[..., s]
            higher = torch.maximum(top, score)
            base = torch.where(torch.isinf(higher), torch.zeros_like(higher), higher)
            keep, add = torch.exp(top - base), torch.exp(score - base)
            total = total * keep + add
            out = out * keep[..., None] + add[..., None] * v[:, :, s, None, :]
            top = higher
        return out / total[..., None]


class ReversedSums(Attention):
    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        def project(layer: nn.Linear, x: Tensor) -> Tensor:
            return layer.bias + x.flip(-1) @ layer.weight.flip(-1).T

        q, k, v = (project(p, x) for p, x in ((self.q_proj, query), (self.k_proj, key), (self.v_proj, value)))
        return project(self.o_proj, self.join(self.attend(self.split(q), self.split(k), self.split(v), mask)))

    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden(q.flip(-1) @ k.flip(-1).mT / math.sqrt(self.width), mask).flip(-1)
        return scores.softmax(-1) @ v.flip(-2)


class SumsByHand(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden((q[:, :, :, None] * k[:, :, None]).sum(-1) * self.width**-0.5, mask)
        weights = torch.exp(scores - scores.amax(-1, keepdim=True))
        weights = weights / weights.sum(-1, keepdim=True)
        return (weights[..., None] * v[:, :, None]).sum(-2)


class DivideLast(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden(q @ k.mT / math.sqrt(self.width), mask)
        weights = torch.exp(scores - scores.max(-1, keepdim=True).values)
        return (weights @ v) / weights.sum(-1, keepdim=True)


class LowMask(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = q @ k.mT / math.sqrt(self.width)
        if mask is not None:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        return scores.softmax(-1) @ v


class RowByRow(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        full = None if mask is None else mask.expand(q.shape[0], self.heads, q.shape[2], k.shape[2])
        rows = []
        for b in range(q.shape[0]):
            heads = []
            for h in range(self.heads):
                scores = hidden(q[b, h] @ k[b, h].T / math.sqrt(self.width), None if full is None else full[b, h])
                heads.append(scores.softmax(-1) @ v[b, h])
            rows.append(torch.stack(heads))
        return torch.stack(rows)


class ScaledBoth(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        root = self.width**0.25
        return hidden((q / root) @ (k / root).mT, mask).softmax(-1) @ v


class InDouble(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        scores = hidden(q.double() @ k.double().mT / math.sqrt(self.width), mask)
        return (scores.softmax(-1) @ v.double()).to(q.dtype)


class HeadWeights(Attention):
    """The score is x W_q^T W_k y^T by matrices per head, biases apart."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        out = self.o_proj.bias
        for h in range(self.heads):
            own = slice(h * self.width, (h + 1) * self.width)
            q = linear(query, self.q_proj.weight[own], self.q_proj.bias[own])
            k = linear(key, self.k_proj.weight[own], self.k_proj.bias[own])
            v = linear(value, self.v_proj.weight[own], self.v_proj.bias[own])
            seen = mask if mask is None or mask.dim() == 2 else mask[:, h if mask.shape[1] > 1 else 0]
            scores = hidden(q @ k.mT / math.sqrt(self.width), seen)
            out = out + scores.softmax(-1) @ v @ self.o_proj.weight[:, own].T
        return out


ATTENTION = (
    Einsum,
    LogSumExp,
    LogSoftmax,
    OnlineSoftmax,
    ReversedSums,
    SumsByHand,
    DivideLast,
    LowMask,
    RowByRow,
    ScaledBoth,
    InDouble,
    HeadWeights,
)

# lstm


def lstm_of(cell):
    """A loop over the steps around a cell: gates of one step from x [B, I] and h [B, H]."""

    def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
        h, c, outputs = h0, c0, []
        for t in range(x.shape[1]):
            h, c = cell(x[:, t], h, c, w_ih, w_hh, b_ih, b_hh)
            outputs.append(h)
        return torch.stack(outputs, 1), (h, c)

    return lstm


def plain_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    i, f, g, o = (linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def one_matrix_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = torch.cat([x, h], 1) @ torch.cat([w_ih, w_hh], 1).T + (b_ih + b_hh)
    i, f, g, o = gates.split(h.shape[1], 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def reversed_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = b_hh + b_ih + h.flip(1) @ w_hh.flip(1).T + x.flip(1) @ w_ih.flip(1).T
    i, f, g, o = gates.unflatten(1, (4, -1)).unbind(1)
    c = torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c
    return torch.tanh(c) * torch.sigmoid(o), c


def tanh_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """Every gate by tanh: σ(z) = (1 + tanh(z / 2)) / 2."""

    def sigma(z: Tensor) -> Tensor:
        return 0.5 * (1 + torch.tanh(0.5 * z))

    i, f, g, o = (torch.einsum("bi,gi->bg", x, w_ih) + torch.einsum("bh,gh->bg", h, w_hh) + b_ih + b_hh).chunk(4, 1)
    c = sigma(f) * c + sigma(i) * torch.tanh(g)
    return sigma(o) * torch.tanh(c), c


def sigmoid_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """Every gate by σ: tanh(z) = 2 σ(2 z) - 1."""

    def tanh(z: Tensor) -> Tensor:
        return 2 * torch.sigmoid(2 * z) - 1

    i, f, g, o = ((x @ w_ih.T + b_ih) + (h @ w_hh.T + b_hh)).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * tanh(g)
    return torch.sigmoid(o) * tanh(c), c


def sums_by_hand_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = (x[:, None] * w_ih).sum(-1) + (h[:, None] * w_hh).sum(-1) + b_ih + b_hh
    i, f, g, o = gates.chunk(4, 1)
    c = torch.addcmul(torch.sigmoid(f) * c, torch.sigmoid(i), torch.tanh(g))
    return torch.sigmoid(o) * torch.tanh(c), c


def double_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    h, c = plain_cell(*(value.double() for value in (x, h, c, w_ih, w_hh, b_ih, b_hh)))
    return h.to(x.dtype), c.to(x.dtype)


LSTM = {
    cell.__name__: lstm_of(cell)
    for cell in (
        plain_cell,
        one_matrix_cell,
        reversed_cell,
        tanh_cell,
        sigmoid_cell,
        sums_by_hand_cell,
        double_cell,
    )
}

# lora


class Lora(nn.Module):
    """What the styles below share: all but forward."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least 1")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.alpha, self.rank, self.merged = alpha, rank, False
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) if self.merged else self.adapted(x)

    def adapted(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def update(self) -> Tensor:
        return self.lora_B @ self.lora_A * (self.alpha / self.rank)

    def merge(self) -> None:
        if not self.merged:
            self.base.weight.data = self.base.weight.data + self.update().data
        self.merged = True

    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.data = self.base.weight.data - self.update().data
        self.merged = False


class UpdateFirst(Lora):
    def adapted(self, x: Tensor) -> Tensor:
        return self.base(x) + linear(self.drop(x), self.lora_B @ self.lora_A) * (self.alpha / self.rank)


class ScaleFirst(Lora):
    def adapted(self, x: Tensor) -> Tensor:
        return self.base(x) + (self.drop(x) * (self.alpha / self.rank)) @ self.lora_A.mT @ self.lora_B.mT


class EinsumUpdate(Lora):
    def adapted(self, x: Tensor) -> Tensor:
        low = torch.einsum("...i,ri->...r", self.drop(x), self.lora_A)
        return self.alpha * torch.einsum("...r,or->...o", low, self.lora_B) / self.rank + self.base(x)


class OneWeight(Lora):
    def adapted(self, x: Tensor) -> Tensor:
        if self.training and self.drop.p:
            return self.base(x) + linear(self.drop(x), self.update())
        return linear(x, self.base.weight + self.update(), self.base.bias)

    def merge(self) -> None:
        if not self.merged:
            self.kept = self.base.weight.data.clone()
        super().merge()

    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.data = self.kept
        self.merged = False


class ReversedUpdate(Lora):
    def adapted(self, x: Tensor) -> Tensor:
        weight, flipped = self.base.weight.flip(1), self.drop(x).flip(-1)
        low = flipped @ self.lora_A.flip(1).T
        return low.flip(-1) @ self.lora_B.flip(1).T * (self.alpha / self.rank) + linear(
            x.flip(-1), weight, self.base.bias
        )


LORA = (UpdateFirst, ScaleFirst, EinsumUpdate, OneWeight, ReversedUpdate)
