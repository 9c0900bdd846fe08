from torch import nn, Tensor
import torch.nn.functional as F


def _divisible(v, divisor=8, min_value=None):
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


class ConvNormAct(nn.Sequential):
    def __init__(self, cin, cout, kernel=3, stride=1, groups=1, act=nn.ReLU6):
        padding = (kernel - 1) // 2
        layers = [nn.Conv2d(cin, cout, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(cout)]
        if act is not None:
            layers.append(act(inplace=True))
        super(ConvNormAct, self).__init__(*layers)
        self.out_channels = cout


class h_sigmoid(nn.Module):
    def forward(self, x):
        return F.relu6(x + 3, inplace=True) / 6


class h_swish(nn.Module):
    def __init__(self, inplace=True):
        super().__init__()
        self.sigmoid = h_sigmoid()

    def forward(self, x):
        return x * self.sigmoid(x)


class Inverted(nn.Module):
    def __init__(self, cin, cout, stride, expand, se=False, act='RE'):
        super().__init__()
        assert stride in [1, 2]
        assert act in ('RE', 'HS'), act
        hidden = int(round(cin * expand))
        self.skip = stride == 1 and cin == cout
        layers = []
        if expand != 1:
            layers.append(ConvNormAct(cin, hidden, kernel=1))
        layers.extend([ConvNormAct(hidden, hidden, stride=stride, groups=hidden, act=None),
                       h_swish() if act == 'HS' else nn.ReLU(inplace=True)])
        if se:
            layers.append(Squeeze(hidden))
        layers.extend([nn.Conv2d(hidden, cout, 1, 1, 0, bias=False), nn.BatchNorm2d(cout)])
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        if self.skip:
            return x + self.conv(x)
        else:
            return self.conv(x)


class Squeeze(nn.Module):
    def __init__(self, c, r=4):
        super().__init__()
        self.down, self.up = nn.Conv2d(c, _divisible(c / r), 1), nn.Conv2d(_divisible(c / r), c, 1)

    def forward(self, x):
        s = F.adaptive_avg_pool2d(x, 1)
        s = F.hardsigmoid(self.up(F.relu(self.down(s), inplace=True)))
        return s * x


# t, c, n, s, se, activation
SETTINGS = [
    [1, 8, 1, 1, False, 'RE'],
    [6, 12, 2, 2, False, 'RE'],
    [4, 16, 2, 2, True, 'HS'],
]


class MobileLike(nn.Module):
    def __init__(self, num_classes=6, width_mult=1.0, settings=None):
        super().__init__()
        if settings is None:
            settings = SETTINGS
        if len(settings) == 0 or len(settings[0]) != 6:
            raise ValueError("settings should be a non-empty list of 6 elements, got {}".format(settings))
        cin = _divisible(8 * width_mult)
        features = [ConvNormAct(3, cin, stride=2)]
        for t, c, n, s, se, act in settings:
            cout = _divisible(c * width_mult)
            for i in range(n):
                stride = s if i == 0 else 1
                features.append(Inverted(cin, cout, stride, expand=t, se=se, act=act))
                cin = cout
        self.last_channel = _divisible(64 * max(1.0, width_mult))
        features.append(ConvNormAct(cin, self.last_channel, kernel=1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(self.last_channel, num_classes))

    def forward(self, x):
        x = self.features(x)
        x = x.mean([2, 3])
        return self.classifier(x)
