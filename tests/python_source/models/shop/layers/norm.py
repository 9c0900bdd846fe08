import torch
from torch import nn


class ScaleNorm(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.g = nn.Parameter(torch.tensor(width ** 0.5))
        self.eps = eps

    def forward(self, x):
        return x / torch.norm(x, dim=-1, keepdim=True).clamp(min=self.eps) * self.g
