from itertools import product
from math import sqrt

import torch
import torch.nn as nn


def decode(loc, priors, variances):
    boxes = torch.cat((
        priors[:, :2] + loc[:, :2] * variances[0] * priors[:, 2:],
        priors[:, 2:] * torch.exp(loc[:, 2:] * variances[1])), 1)
    boxes[:, :2] -= boxes[:, 2:] / 2
    boxes[:, 2:] += boxes[:, :2]
    return boxes


class Detector(nn.Module):
    config = {
        'feature_maps': [4, 2],
        'min_dim': 32,
        'steps': [8, 16],
        'min_sizes': [6, 12],
        'max_sizes': [12, 24],
        'aspect_ratios': [[2], [2, 3]],
        'variance': [0.1, 0.2],
        'clip': True,
    }

    def __init__(self, classes=3):
        super().__init__()
        self.classes = classes
        self.boxes = [2 + len(r) * 2 for r in self.config['aspect_ratios']]
        self.base = nn.Sequential(nn.Conv2d(3, 6, 3, 4, 1), nn.ReLU(), nn.Conv2d(6, 6, 3, 2, 1), nn.ReLU())
        self.extra = nn.Conv2d(6, 8, 3, 2, 1)
        self.loc = nn.ModuleList([nn.Conv2d(c, b * 4, 3, padding=1) for c, b in zip((6, 8), self.boxes)])
        self.conf = nn.ModuleList([nn.Conv2d(c, b * classes, 3, padding=1) for c, b in zip((6, 8), self.boxes)])
        self.softmax = nn.Softmax(dim=-1)
        self.priors = self.make_priors()

    def make_priors(self):
        mean = []
        c = self.config
        for k, f in enumerate(c['feature_maps']):
            for i, j in product(range(f), repeat=2):
                f_k = c['min_dim'] / c['steps'][k]
                cx, cy = (j + 0.5) / f_k, (i + 0.5) / f_k
                s_k = c['min_sizes'][k] / c['min_dim']
                mean += [cx, cy, s_k, s_k]
                s_k_prime = sqrt(s_k * (c['max_sizes'][k] / c['min_dim']))
                mean += [cx, cy, s_k_prime, s_k_prime]
                for ar in c['aspect_ratios'][k]:
                    mean += [cx, cy, s_k * sqrt(ar), s_k / sqrt(ar)]
                    mean += [cx, cy, s_k / sqrt(ar), s_k * sqrt(ar)]
        output = torch.Tensor(mean).view(-1, 4)
        if c['clip']:
            output.clamp_(max=1, min=0)
        return output

    def forward(self, x):
        sources, loc, conf = list(), list(), list()
        x = self.base(x)
        sources.append(x)
        sources.append(torch.relu(self.extra(x)))
        for (x, l, c) in zip(sources, self.loc, self.conf):
            loc.append(l(x).permute(0, 2, 3, 1).contiguous())
            conf.append(c(x).permute(0, 2, 3, 1).contiguous())
        loc = torch.cat([o.view(o.size(0), -1) for o in loc], 1)
        conf = torch.cat([o.view(o.size(0), -1) for o in conf], 1)
        num = loc.size(0)
        loc, conf = loc.view(num, -1, 4), self.softmax(conf.view(num, -1, self.classes))
        output = torch.zeros(num, self.classes, 5, 5)
        for i in range(num):
            decoded = decode(loc[i], self.priors, self.config['variance'])
            for cl in range(1, self.classes):
                scores = conf[i, :, cl]
                c_mask = scores.gt(0.3)
                if not c_mask.any():
                    continue
                kept = scores[c_mask]
                order = kept.sort(0, descending=True)[1][:5]
                count = order.size(0)
                output[i, cl, :count] = torch.cat((kept[order].unsqueeze(1), decoded[c_mask][order]), 1)
        return output
