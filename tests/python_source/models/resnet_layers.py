from typing import Type, Union, List, Optional
import torch
import torch.nn as nn

__all__ = ['SmallResNet', 'res10', 'res14']


def conv3x3(cin: int, cout: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(cin, cout, 3, stride=stride, padding=1, bias=False)


class Plain(nn.Module):
    expansion: int = 1

    def __init__(self, cin, width, stride=1, shortcut: Optional[nn.Module] = None):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(cin, width, stride), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv3x3(width, width), nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = shortcut

    def forward(self, x):
        same = x
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.shortcut is not None:
            same = self.shortcut(x)
        y += same
        return self.relu(y)


class Narrow(nn.Module):
    expansion: int = 4

    def __init__(self, cin, width, stride=1, shortcut=None):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(cin, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            conv3x3(width, width, stride), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, width * self.expansion, 1, bias=False), nn.BatchNorm2d(width * self.expansion))
        self.shortcut = shortcut

    def forward(self, x):
        return torch.relu(self.body(x) + (x if self.shortcut is None else self.shortcut(x)))


class SmallResNet(nn.Module):
    def __init__(self, block: Type[Union[Plain, Narrow]], layers: List[int], num_classes: int = 7,
                 zero_init_residual: bool = False) -> None:
        super().__init__()
        self.cin = 8
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(8),
                                  nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, padding=1))
        for i, n in enumerate(layers):
            setattr(self, f'layer{i + 1}', self._make_layer(block, 8 * 2 ** i, n, stride=1 if i == 0 else 2))
        self.n = len(layers)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(self.cin, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode='fan_out', nonlinearity='relu')
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)
        if zero_init_residual:
            for m in self.modules():
                if isinstance(m, Plain) and m.bn2.weight is not None:
                    nn.init.constant_(m.bn2.weight, 0)

    def _make_layer(self, block, width, n, stride=1):
        shortcut = None
        if stride != 1 or self.cin != width * block.expansion:
            shortcut = nn.Sequential(nn.Conv2d(self.cin, width * block.expansion, 1, stride=stride, bias=False),
                                     nn.BatchNorm2d(width * block.expansion))
        layers = [block(self.cin, width, stride, shortcut)]
        self.cin = width * block.expansion
        for _ in range(1, n):
            layers.append(block(self.cin, width))
        return nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        for i in range(self.n):
            x = getattr(self, 'layer%d' % (i + 1))(x)
        return self.fc(torch.flatten(self.pool(x), 1))


def res10(**kwargs):
    return SmallResNet(Plain, [1, 1, 1], **kwargs)


def res14(pretrained: bool = False, **kwargs):
    if pretrained:
        raise ValueError('no weights for res14')
    return SmallResNet(Narrow, [2, 1], **kwargs)
