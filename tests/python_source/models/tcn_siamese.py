import torch
import torch.nn as nn
import torch.nn.functional as F


class Cut(nn.Module):
    def __init__(self, n):
        super(Cut, self).__init__()
        self.n = n

    def forward(self, x):
        return x[:, :, :-self.n].contiguous()


class CausalBlock(nn.Module):
    def __init__(self, cin, cout, kernel, dilation, dropout=0.2):
        super(CausalBlock, self).__init__()
        pad = (kernel - 1) * dilation
        self.conv1 = nn.Conv1d(cin, cout, kernel, padding=pad, dilation=dilation)
        self.conv2 = nn.Conv1d(cout, cout, kernel, padding=pad, dilation=dilation)
        # the two convolutions are here a second time, under other names
        self.net = nn.Sequential(self.conv1, Cut(pad), nn.ReLU(), nn.Dropout(dropout),
                                 self.conv2, Cut(pad), nn.ReLU(), nn.Dropout(dropout))
        self.match = nn.Conv1d(cin, cout, 1) if cin != cout else None
        self.relu = nn.ReLU()
        self.reset()

    def reset(self):
        self.conv1.weight.data.normal_(0, 0.1)
        self.conv2.weight.data.normal_(0, 0.1)
        if self.match is not None:
            self.match.weight.data.normal_(0, 0.1)

    def forward(self, x):
        y = self.net(x)
        return self.relu(y + (x if self.match is None else self.match(x)))


class Siamese(nn.Module):
    def __init__(self, inputs=4, channels=[8, 8, 16], size=6):
        super(Siamese, self).__init__()
        blocks = []
        for i in range(len(channels)):
            cin = inputs if i == 0 else channels[i-1]
            blocks += [CausalBlock(cin, channels[i], 3, dilation=2 ** i)]
        self.tcn = nn.Sequential(*blocks)
        self.head = nn.Linear(channels[-1], size)

    def embed(self, x):
        return F.normalize(self.head(self.tcn(x)[:, :, -1]), p=2, dim=-1)

    def forward(self, a, b):
        ea, eb = self.embed(a), self.embed(b)
        dist = F.pairwise_distance(ea, eb)
        return {'anchor': ea, 'other': eb, 'distance': dist, 'same': dist < 0.5}
