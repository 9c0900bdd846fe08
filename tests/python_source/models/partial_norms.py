from functools import partial
from torch import nn
import torch

norm_bn = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)


def group_norm(channels, groups=2):
    return nn.GroupNorm(groups, channels)


class Stage(nn.Module):
    def __init__(self, cin, cout, norm_layer=norm_bn, act=partial(nn.LeakyReLU, negative_slope=0.2)):
        super().__init__()
        self.norm_layer = norm_layer  # kept: goes into the file as it is
        self.body = nn.Sequential(nn.Conv2d(cin, cout, 3, 2, 1), norm_layer(cout), act(inplace=True))
        self.pool = (nn.MaxPool2d if cin == cout else nn.AvgPool2d)(2, ceil_mode=True)

    def forward(self, x):
        return self.body(x) + self.pool(x).mean(1, keepdim=True)


class Pyramid(nn.Module):
    def __init__(self, widths=(4, 6, 8), norm='bn'):
        super().__init__()
        norm_layer = dict(bn=norm_bn, gn=group_norm, none=nn.Identity)[norm]
        self.stages = nn.ModuleList()
        last = 3
        for w in widths:
            self.stages.append(Stage(last, w, norm_layer=norm_layer))
            last = w
        self.lateral = nn.ModuleDict({f'p{i}': nn.Conv2d(w, 5, 1) for i, w in enumerate(widths)})

    def forward(self, x):
        feats = []
        for s in self.stages:
            x = s(x)
            feats.append(x)
        outs = {}
        above = None
        for i, f in reversed(list(enumerate(feats))):
            y = self.lateral[f'p{i}'](f)
            if above is not None:
                y = y + nn.functional.interpolate(above, size=y.shape[-2:], mode='nearest')
            outs[f'p{i}'] = above = y
        return outs
