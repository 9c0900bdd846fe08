from functools import partial
from torch import nn

pair = lambda x: x if isinstance(x, tuple) else (x, x)


class PreNormResidual(nn.Module):
    def __init__(self, dim, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.fn(self.norm(x)) + x


class Patches(nn.Module):
    """b c (h p) (w q) -> b (h w) (p q c)"""

    def __init__(self, size):
        super().__init__()
        self.p, self.q = pair(size)

    def forward(self, x):
        b, c, H, W = x.shape
        h, w = H // self.p, W // self.q
        x = x.reshape(b, c, h, self.p, w, self.q)
        return x.permute(0, 2, 4, 3, 5, 1).reshape(b, h * w, self.p * self.q * c)

    def extra_repr(self):
        return 'p={}, q={}'.format(self.p, self.q)


class Mean(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return x.mean(dim=self.dim)


def feed_forward(dim, factor=4, dropout=0., dense=nn.Linear):
    inner = int(dim * factor)
    return nn.Sequential(dense(dim, inner), nn.GELU(), nn.Dropout(dropout), dense(inner, dim), nn.Dropout(dropout))


def mixer(*, image_size, channels, patch_size, dim, depth, num_classes, token_factor=4, channel_factor=.5):
    h, w = pair(image_size)
    assert (h % patch_size) == 0 and (w % patch_size) == 0, 'image must be divisible by patch size'
    n = (h // patch_size) * (w // patch_size)
    over_tokens, over_channels = partial(nn.Conv1d, kernel_size=1), nn.Linear

    return nn.Sequential(
        Patches(patch_size),
        nn.Linear((patch_size ** 2) * channels, dim),
        *[nn.Sequential(
            PreNormResidual(dim, feed_forward(n, token_factor, 0., over_tokens)),
            PreNormResidual(dim, feed_forward(dim, channel_factor, 0., over_channels))
        ) for _ in range(depth)],
        nn.LayerNorm(dim),
        Mean(1),
        nn.Linear(dim, num_classes)
    )
