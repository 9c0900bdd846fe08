import torch
import torch.nn as nn
import torch.nn.functional as F


class Waves:
    """Plain Python, no module: a list of functions of the position."""

    def __init__(self, dims, octaves, keep=True, waves=(torch.sin, torch.cos), log=True):
        self.functions = [lambda x: x] if keep else []
        if log:
            speeds = 2. ** torch.linspace(0., octaves - 1, steps=octaves)
        else:
            speeds = torch.linspace(1., 2. ** (octaves - 1), octaves)
        for speed in speeds:
            for wave in waves:
                self.functions.append(lambda x, wave=wave, speed=speed: wave(x * speed))
        self.size = dims * len(self.functions)

    def __call__(self, x):
        return torch.cat([f(x) for f in self.functions], -1)


def encoding(octaves):
    if octaves < 0:
        return nn.Identity(), 3
    waves = Waves(3, octaves, **{'log': True, 'keep': True})
    return (lambda x, w=waves: w(x)), waves.size


class Field(nn.Module):
    def __init__(self, D=4, W=16, skips=[2], multires=3, views=2):
        super(Field, self).__init__()
        self.embed, ch = encoding(multires)
        self.embed_views, ch_views = encoding(views)
        self.skips = skips
        self.pts = nn.ModuleList(
            [nn.Linear(ch, W)] + [nn.Linear(W, W) if i not in self.skips else nn.Linear(W + ch, W) for i in range(D - 1)])
        self.views = nn.ModuleList([nn.Linear(ch_views + W, W // 2)])
        self.feature, self.alpha, self.rgb = nn.Linear(W, W), nn.Linear(W, 1), nn.Linear(W // 2, 3)

    def forward(self, x):
        pts, dirs = torch.split(x, [3, 3], dim=-1)
        pts, dirs = self.embed(pts), self.embed_views(dirs)
        h = pts
        for i, l in enumerate(self.pts):
            h = self.pts[i](h)
            h = F.relu(h)
            if i in self.skips:
                h = torch.cat([pts, h], -1)
        alpha = self.alpha(h)
        h = torch.cat([self.feature(h), dirs], -1)
        for l in self.views:
            h = F.relu(l(h))
        return torch.cat([self.rgb(h), alpha], -1)


def volume(raw, z_vals):
    dists = z_vals[..., 1:] - z_vals[..., :-1]
    dists = torch.cat([dists, torch.Tensor([1e10]).expand(dists[..., :1].shape)], -1)
    alpha = 1. - torch.exp(-F.relu(raw[..., 3]) * dists)
    ones = torch.ones((alpha.shape[0], 1))
    weights = alpha * torch.cumprod(torch.cat([ones, 1. - alpha + 1e-10], -1), -1)[:, :-1]
    return torch.sum(weights[..., None] * torch.sigmoid(raw[..., :3]), -2), weights


class Renderer(nn.Module):
    def __init__(self, near=0.5, far=2.5, samples=6, **field):
        super().__init__()
        self.field = Field(**field)
        self.near, self.far, self.samples = near, far, samples

    def forward(self, rays_o, rays_d):
        t = torch.linspace(0., 1., steps=self.samples)
        z = 1. / (1. / self.near * (1. - t) + 1. / self.far * t)
        z = z.expand([rays_o.shape[0], self.samples])
        pts = rays_o[..., None, :] + rays_d[..., None, :] * z[..., :, None]
        dirs = (rays_d / torch.norm(rays_d, dim=-1, keepdim=True))[:, None].expand(pts.shape)
        raw = self.field(torch.cat([pts, dirs], -1))
        rgb, weights = volume(raw, z)
        return {'rgb': rgb, 'depth': torch.sum(weights * z, -1), 'acc': weights.sum(-1)}
