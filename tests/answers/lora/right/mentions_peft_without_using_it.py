"""Like peft's LoraLayer and loralib.Linear, written by hand.

    import peft
    from loralib import Linear
"""

import torch
from torch import nn

USUAL_WAY = "from peft import LoraConfig, get_peft_model"  # torchtune and torchao have their own


def peft(x):
    return x


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least 1")
        self.base = base
        self.rank = rank
        self.alpha = alpha
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        self.lora_A = nn.Parameter(torch.zeros(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_normal_(self.lora_A, mode="fan_in", nonlinearity="linear")
        nn.init.zeros_(self.lora_B)

    @property
    def scaling(self):
        return self.alpha / self.rank

    def get_delta_weight(self):
        return (self.lora_B @ self.lora_A) * self.scaling

    def forward(self, x):
        result = self.base(peft(x))
        if self.merged:
            return result
        return result + (self.dropout(x) @ self.lora_A.T) @ self.lora_B.T * self.scaling

    def merge(self):
        if self.merged:
            print("already merged, nothing to do")
            return
        self.base.weight.data += self.get_delta_weight().data
        self.merged = True

    def unmerge(self):
        if not self.merged:
            print("already unmerged, nothing to do")
            return
        self.base.weight.data -= self.get_delta_weight().data
        self.merged = False


if __name__ == "__main__":
    from peft import LoraConfig

    print(LoraConfig(r=4))
