import math
from copy import deepcopy

import torch
import torch.nn as nn


def same(k, p=None):  # padding that keeps the size
    return (k // 2 if isinstance(k, int) else [x // 2 for x in k]) if p is None else p


class CBA(nn.Module):
    """conv, batch norm, activation"""
    default_act = nn.SiLU()

    def __init__(self, ci, co, k=1, s=1, p=None, g=1, act=True):
        super().__init__()
        self.conv = nn.Conv2d(ci, co, k, s, same(k, p), groups=g, bias=False)
        self.bn = nn.BatchNorm2d(co)
        self.act = self.default_act if act is True else act if isinstance(act, nn.Module) else nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Neck(nn.Module):
    def __init__(self, ci, co, shortcut=True, k=(3, 3), e=0.5):
        super().__init__()
        hidden = int(co * e)
        self.a, self.b = CBA(ci, hidden, k[0]), CBA(hidden, co, k[1])
        self.add = shortcut and ci == co

    def forward(self, x):
        return x + self.b(self.a(x)) if self.add else self.b(self.a(x))


class Split(nn.Module):
    def __init__(self, ci, co, n=1, shortcut=False, e=0.5):
        super().__init__()
        self.c = int(co * e)
        self.enter = CBA(ci, 2 * self.c)
        self.leave = CBA((2 + n) * self.c, co)
        self.m = nn.ModuleList(Neck(self.c, self.c, shortcut, e=1.0) for _ in range(n))

    def forward(self, x):
        y = list(self.enter(x).chunk(2, 1))
        y.extend(m(y[-1]) for m in self.m)
        return self.leave(torch.cat(y, 1))


class Pools(nn.Module):
    def __init__(self, ci, co, k=5):
        super().__init__()
        self.enter, self.leave = CBA(ci, ci // 2), CBA(ci // 2 * 4, co)
        self.pool = nn.MaxPool2d(kernel_size=k, stride=1, padding=k // 2)

    def forward(self, x):
        ys = [self.enter(x)]
        for _ in range(3):
            ys.append(self.pool(ys[-1]))
        return self.leave(torch.cat(ys, 1))


class Join(nn.Module):
    def __init__(self, dim=1):
        super().__init__()
        self.d = dim

    def forward(self, xs):
        return torch.cat(xs, self.d)


class Boxes(nn.Module):
    stride = None   # set when the model is put together
    export = False

    def __init__(self, nc=4, anchors=(), ch=()):
        super().__init__()
        self.nc, self.no = nc, nc + 5
        self.nl, self.na = len(anchors), len(anchors[0]) // 2
        self.grid = [torch.zeros(1)] * self.nl
        self.anchor_grid = [torch.zeros(1)] * self.nl
        self.register_buffer("anchors", torch.tensor(anchors).float().view(self.nl, -1, 2))
        self.m = nn.ModuleList(nn.Conv2d(c, self.no * self.na, 1) for c in ch)

    def forward(self, x):
        z = []
        for i in range(self.nl):
            x[i] = self.m[i](x[i])
            bs, _, ny, nx = x[i].shape
            x[i] = x[i].view(bs, self.na, self.no, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
            if self.training:
                continue
            if self.grid[i].shape[2:4] != x[i].shape[2:4]:
                self.grid[i], self.anchor_grid[i] = self._make_grid(nx, ny, i)
            xy, wh, conf = x[i].sigmoid().split((2, 2, self.nc + 1), 4)
            xy = (xy * 2 + self.grid[i]) * self.stride[i]
            wh = (wh * 2) ** 2 * self.anchor_grid[i]
            z.append(torch.cat((xy, wh, conf), 4).view(bs, self.na * nx * ny, self.no))
        return x if self.training else (torch.cat(z, 1),) if self.export else (torch.cat(z, 1), x)

    def _make_grid(self, nx=20, ny=20, i=0):
        d, t = self.anchors[i].device, self.anchors[i].dtype
        shape = 1, self.na, ny, nx, 2
        y, x = torch.arange(ny, device=d, dtype=t), torch.arange(nx, device=d, dtype=t)
        yv, xv = torch.meshgrid(y, x, indexing="ij")
        grid = torch.stack((xv, yv), 2).expand(shape) - 0.5
        anchors = (self.anchors[i] * self.stride[i]).view((1, self.na, 1, 1, 2)).expand(shape)
        return grid, anchors


# from, how many, what, arguments
LAYERS = [
    [-1, 1, CBA, [8, 3, 2]],
    [-1, 1, CBA, [14, 3, 2]],
    [-1, 2, Split, [16, True]],
    [-1, 1, CBA, [32, 3, 2]],
    [-1, 1, Pools, [32, 5]],
    [-1, 1, nn.Upsample, [None, 2, "nearest"]],
    [[-1, 2], 1, Join, [1]],
    [-1, 2, CBA, [16]],
    [[7, 4], 1, Boxes, [4, [[10, 13, 16, 30], [30, 61, 62, 45]]]],
]


def put_together(config, ch):
    layers, keep = [], []
    for i, (f, n, kind, args) in enumerate(deepcopy(config)):
        if kind in {CBA, Split, Pools}:
            co = math.ceil(args[0] / 8) * 8
            args = [ch[f], co, *args[1:]]
            if kind is Split:
                args.insert(2, n)
                n = 1
        elif kind is Join:
            co = sum(ch[j] for j in f)
        elif kind is Boxes:
            args.append([ch[j] for j in f])
        else:
            co = ch[f]
        if n > 1:
            m = nn.Sequential(*(kind(*(args if j == 0 else [co, co])) for j in range(n)))
        else:
            m = kind(*args)
        m.np = sum(p.numel() for p in m.parameters())
        m.i, m.f, m.type = i, f, kind.__name__
        keep.extend(j % i for j in ([f] if isinstance(f, int) else f) if j != -1)
        layers.append(m)
        if i == 0:
            ch = []
        ch.append(co)
    return nn.Sequential(*layers), sorted(keep)


class Detector(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        self.model, self.keep = put_together(LAYERS, [channels])
        last = self.model[-1]
        last.stride = torch.tensor([4.0, 8.0])
        last.anchors /= last.stride.view(-1, 1, 1)
        self.names = [str(i) for i in range(last.nc)]

    def forward(self, x):
        y = []
        for m in self.model:
            if m.f != -1:
                x = y[m.f] if isinstance(m.f, int) else [x if j == -1 else y[j] for j in m.f]
            x = m(x)
            y.append(x if m.i in self.keep else None)
        return x
