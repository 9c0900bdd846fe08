import torch
from torch import nn

from ..utils import split_heads
from . import norm as norms


class FieldAttention(nn.Module):
    def __init__(self, width, heads=2):
        super().__init__()
        self.heads = heads
        self.norm = norms.ScaleNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)

    def forward(self, x):
        q, k, v = map(lambda t: split_heads(t, self.heads), self.qkv(self.norm(x)).chunk(3, dim=-1))
        scores = torch.einsum('bhid,bhjd->bhij', q, k) * q.shape[-1] ** -0.5
        out = torch.einsum('bhij,bhjd->bhid', scores.softmax(-1), v)
        return x + out.transpose(1, 2).flatten(2)
