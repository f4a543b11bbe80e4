"""A subclass of a layer of peft.

Verdict: forbidden
"""

import torch
from peft.tuners.lora import Linear as PeftLinear
from torch import nn


class LoRALinear(PeftLinear):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__(base, "default", r=rank, lora_alpha=alpha, lora_dropout=dropout)

    def merge(self) -> None:
        with torch.no_grad():
            super().merge()
