import torch
import torch.nn as nn
import torch.nn.functional as F


class ScaledLinear(nn.Linear):
    def __init__(self, *args, lr_mul=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.lr_mul = lr_mul

    @property
    def scale(self):
        return self.lr_mul / self.in_features ** 0.5

    def forward(self, input):
        return super().forward(input) * self.scale

    def extra_repr(self):
        return super().extra_repr() + f', lr_mul={self.lr_mul:.3f}'


class LayerNorm2d(nn.LayerNorm):
    """channels first"""

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class WSConv2d(nn.Conv2d):
    def forward(self, x):
        w = self.weight
        mean = w.mean(dim=[1, 2, 3], keepdim=True)
        var = torch.var(w, dim=[1, 2, 3], keepdim=True, unbiased=False)
        return F.conv2d(x, (w - mean) * torch.rsqrt(var + 1e-5), self.bias, self.stride, self.padding,
                        self.dilation, self.groups)


class Chain(nn.Sequential):
    def forward(self, x, collect=False):
        seen = []
        for name, layer in self.named_children():
            x = layer(x)
            if name.isdigit() and int(name) % 2:
                seen.append(x)
        return (x, seen) if collect else x


class Bag(nn.ModuleDict):
    @staticmethod
    def key(name):
        return 'head_' + name.replace('-', '_').lower()

    def forward(self, x):
        return {k[len('head_'):]: m(x) for k, m in self.items()}


class Frozen(nn.BatchNorm2d):
    @classmethod
    def convert(cls, other):
        new = cls(other.num_features, other.eps)
        new.load_state_dict(other.state_dict())
        return new

    def forward(self, x):
        s = self.weight / (self.running_var + self.eps).sqrt()
        return x * s.reshape(1, -1, 1, 1) + (self.bias - self.running_mean * s)[:, None, None]


class Model(nn.Module):
    def __init__(self, heads=('Age', 'Left-Right')):
        super().__init__()
        self.chain = Chain(WSConv2d(3, 6, 3, padding=1), LayerNorm2d(6), nn.GELU(), Frozen(6), nn.AvgPool2d(2))
        self.heads = Bag({Bag.key(h): ScaledLinear(6, 2 + i, lr_mul=0.5) for i, h in enumerate(heads)})

    def forward(self, x):
        x, seen = self.chain(x, collect=True)
        return self.heads(x.mean((2, 3))), [s.abs().amax((1, 2, 3)) for s in seen]
