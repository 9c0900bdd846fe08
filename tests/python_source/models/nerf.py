import torch
import torch.nn as nn
import torch.nn.functional as F


class Embedder:
    def __init__(self, **kwargs):
        self.kwargs = kwargs
        self.create()

    def create(self):
        fns = []
        d = self.kwargs['input_dims']
        out_dim = 0
        if self.kwargs['include_input']:
            fns.append(lambda x: x)
            out_dim += d
        N = self.kwargs['num_freqs']
        bands = 2. ** torch.linspace(0., N - 1, steps=N) if self.kwargs['log_sampling'] else torch.linspace(1., 2. ** (N - 1), N)
        for freq in bands:
            for p_fn in self.kwargs['periodic_fns']:
                fns.append(lambda x, p_fn=p_fn, freq=freq: p_fn(x * freq))
                out_dim += d
        self.fns = fns
        self.out_dim = out_dim

    def embed(self, inputs):
        return torch.cat([fn(inputs) for fn in self.fns], -1)


def get_embedder(multires, i=0):
    if i == -1:
        return nn.Identity(), 3
    options = {'include_input': True, 'input_dims': 3, 'num_freqs': multires, 'log_sampling': True,
               'periodic_fns': [torch.sin, torch.cos]}
    embedder = Embedder(**options)
    embed = lambda x, eo=embedder: eo.embed(x)
    return embed, embedder.out_dim


class Field(nn.Module):
    def __init__(self, D=4, W=16, skips=[2], multires=3, views=2):
        super(Field, self).__init__()
        self.embed, ch = get_embedder(multires)
        self.embed_views, ch_views = get_embedder(views)
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
