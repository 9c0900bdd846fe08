"""Segmentation: contract, expand, and carry the details over."""
import torch
from torch import nn
import torch.nn.functional as F


class TwoConvs(nn.Module):
    """3x3, norm, relu, twice."""

    def __init__(self, cin, cout, between=None):
        super().__init__()
        if not between:
            between = cout
        self.body = nn.Sequential(
            nn.Conv2d(cin, between, 3, padding=1, bias=False), nn.BatchNorm2d(between), nn.ReLU(inplace=True),
            nn.Conv2d(between, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.body(x)


class Expand(nn.Module):
    def __init__(self, cin, cout, learned=True):
        super().__init__()
        if learned:
            self.up = nn.ConvTranspose2d(cin, cin // 2, kernel_size=2, stride=2)
        else:
            self.up = nn.Sequential(nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True),
                                    nn.Conv2d(cin, cin // 2, 1))
        self.convs = TwoConvs(cin, cout)

    def forward(self, x, skip):
        x = self.up(x)
        dy = skip.size()[2] - x.size()[2]
        dx = skip.size()[3] - x.size()[3]
        if dy != 0 or dx != 0:
            x = F.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.convs(torch.cat([skip, x], dim=1))


class UNet(nn.Module):
    def __init__(self, channels, classes, width=8, depth=2, learned=True):
        super(UNet, self).__init__()
        self.channels, self.classes = channels, classes
        self.first = TwoConvs(channels, width)
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        for d in range(depth):
            self.down.append(nn.Sequential(nn.MaxPool2d(2), TwoConvs(width * 2 ** d, width * 2 ** (d + 1))))
        for d in reversed(range(depth)):
            self.up.append(Expand(width * 2 ** (d + 1), width * 2 ** d, learned))
        self.last = (nn.Conv2d(width, classes, kernel_size=1))

    def forward(self, x):
        skips = [self.first(x)]
        for stage in self.down:
            skips.append(stage(skips[-1]))
        x = skips.pop()
        for stage in self.up:
            x = stage(x, skips.pop())
        return self.last(x)
