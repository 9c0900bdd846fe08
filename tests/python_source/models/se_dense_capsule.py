import torch, math
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict


class Excite(nn.Module):
    def __init__(self, c, r=4):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.gate = nn.Sequential(nn.Linear(c, c // r, bias=False), nn.ReLU(inplace=True), nn.Linear(c // r, c, bias=False), nn.Sigmoid())
    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.pool(x).view(b, c); y = self.gate(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class Grow(nn.Sequential):
    def __init__(self, cin, k, wide, drop):
        super(Grow, self).__init__()
        self.add_module('norm1', nn.BatchNorm2d(cin)),
        self.add_module('relu1', nn.ReLU(inplace=True)),
        self.add_module('conv1', nn.Conv2d(cin, wide * k, 1, bias=False)),
        self.add_module('norm2', nn.BatchNorm2d(wide * k)),
        self.add_module('relu2', nn.ReLU(inplace=True)),
        self.add_module('conv2', nn.Conv2d(wide * k, k, 3, padding=1, bias=False))
        self.drop = drop

    def forward(self, x):
        new = super(Grow, self).forward(x)
        if self.drop > 0:
            new = F.dropout(new, p=self.drop, training=self.training)
        return torch.cat([x, new], 1)


class Dense(nn.Sequential):
    def __init__(self, n, cin, wide, k, drop):
        super(Dense, self).__init__()
        for i in range(n):
            self.add_module('layer%d' % (i + 1), Grow(cin + i * k, k, wide, drop))


def squash(s, dim=-1):
    sq = torch.sum(s ** 2, dim=dim, keepdim=True)
    return sq / (1 + sq) * s / (torch.sqrt(sq) + 1e-8)


class Capsules(nn.Module):
    def __init__(self, n_in, d_in, n_out, d_out, turns=3):
        super().__init__()
        self.n_out, self.turns = n_out, turns
        self.W = nn.Parameter(0.1 * torch.randn(1, n_out, n_in, d_out, d_in))

    def forward(self, x):
        x = x.unsqueeze(1).unsqueeze(4)
        guess = torch.matmul(self.W, x).squeeze(-1)
        fixed = guess.detach()
        logits = torch.zeros(x.size(0), self.n_out, x.size(2), 1).to(x.device)
        for turn in range(self.turns):
            share = logits.softmax(dim=1)
            if turn == self.turns - 1:
                break
            v = squash((share * fixed).sum(dim=2))
            logits += torch.matmul(fixed, v.unsqueeze(-1))
        return squash((share * guess).sum(dim=2))


class CapsNet(nn.Module):
    def __init__(self, k=4, classes=5):
        super().__init__()
        self.features = nn.Sequential(OrderedDict([
            ('conv0', nn.Conv2d(1, 8, kernel_size=3, padding=1, bias=False)),
            ('norm0', nn.BatchNorm2d(8)),
            ('relu0', nn.ReLU(inplace=True)),
        ]))
        self.features.add_module('dense', Dense(2, 8, wide=2, k=k, drop=0.1))
        self.features.add_module('se', Excite(8 + 2 * k))
        self.primary = nn.Conv2d(8 + 2 * k, 16, 3, stride=2)
        self.capsules = Capsules(n_in=2 * 3 * 3, d_in=8, n_out=classes, d_out=6)

    def forward(self, x, return_capsules=False):
        h = self.primary(self.features(x))
        u = squash(h.permute(0, 2, 3, 1).reshape(h.size(0), -1, 8))
        caps = self.capsules(u)
        lengths = caps.norm(dim=-1)
        return (lengths, caps) if return_capsules else lengths
