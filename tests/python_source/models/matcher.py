import torch
from torch import nn
import torch.nn.functional as F


class Tower(nn.Module):
    def __init__(self, dims, **kwargs):
        super().__init__()
        bias = kwargs.pop('bias', True)
        act = kwargs.pop('act', 'relu')
        if kwargs:
            raise TypeError('unexpected: ' + ', '.join(sorted(kwargs)))
        self.layers = nn.ModuleList([nn.Linear(a, b, bias=bias) for a, b in zip(dims, dims[1:])])
        self.act = getattr(F, act)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return self.layers[-1](x)


class Matcher(nn.Module):
    """Two towers, one dict."""

    def __init__(self, user=6, item=9, out=4, temperature=0.07, **tower):
        super().__init__()
        self.user = Tower([user, 8, out], **tower)
        self.item = Tower([item, 8, 8, out], **dict(tower, bias=False))
        self.scale = nn.Parameter(torch.tensor(1 / temperature).log())

    def forward(self, batch=None, *, users, items, top=2):
        u, i = (F.normalize(t, dim=1) for t in (self.user(users), self.item(items)))
        scores = self.scale.exp() * u @ i.t()
        values, indices = scores.topk(top, dim=1)
        result = dict(scores=scores, best=indices)
        result['cosine'] = F.cosine_similarity(u[:, None, :], i[None, :, :], dim=-1)
        result.update({'top_%d' % k: values[:, k] for k in range(top)})
        return result
