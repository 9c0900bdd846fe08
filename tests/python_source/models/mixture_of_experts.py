import torch
from torch import nn
import torch.nn.functional as F


class Expert(nn.Sequential):
    def __init__(self, dim, inner):
        super().__init__(nn.Linear(dim, inner), nn.ReLU(), nn.Linear(inner, dim))


class SparseMoE(nn.Module):
    def __init__(self, dim: int = 6, experts: int = 4, k: int = 2):
        super().__init__()
        self.k = k
        self.router = nn.Linear(dim, experts, bias=False)
        self.experts = nn.ModuleList([Expert(dim, 2 * dim) for _ in range(experts)])

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        logits = self.router(x)
        weights, chosen = torch.topk(logits, self.k, dim=-1)
        weights = F.softmax(weights, dim=-1, dtype=torch.float).to(x.dtype)
        results = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            token, nth = torch.where(chosen == i)
            if token.numel() == 0:
                continue
            results[token] += weights[token, nth, None] * expert(x[token])
        gates = torch.zeros_like(logits).scatter(1, chosen, weights)
        load = (gates > 0).sum(0)
        return results.view(*shape), load.tolist(), gates.argmax(-1).bincount(minlength=len(self.experts))


class Masked(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.moe = SparseMoE(dim)
        self.missing = nn.Parameter(torch.randn(dim))

    def forward(self, x, keep):
        x = x.clone()
        x[~keep] = self.missing
        y, load, counts = self.moe(x)
        y = torch.where(keep.unsqueeze(-1), y, torch.zeros(()))
        index = keep.nonzero(as_tuple=True)
        y[index[0], index[1], :2] *= 2
        y[..., -1].clamp_(min=0)
        return y, load, counts, int(keep.sum()), float(y.abs().max()) > 0.5
