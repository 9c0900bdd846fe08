# What people wrote years ago and still run.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

cfg = {'A': [8, 'M', 16, 'M', 16, 16, 'M']}


def make_layers(cfg, batch_norm = False):
    layers = []
    in_channels = 3
    for v in cfg:
        if v == 'M':
            layers += [nn.MaxPool2d(kernel_size = 2, stride = 2)]
        else:
            conv2d = nn.Conv2d(in_channels, v, kernel_size = 3, padding = 1)
            if batch_norm:
                layers += [conv2d, nn.BatchNorm2d(v), nn.ReLU(inplace = True)]
            else:
                layers += [conv2d, nn.ReLU(inplace = True)]
            in_channels = v
    return nn.Sequential(*layers)


class VGGish(nn.Module):
    def __init__(self, features = None, num_classes = 5, init_weights = True):
        super(VGGish, self).__init__()
        self.features = features if features is not None else make_layers(cfg['A'], True)
        self.classifier = nn.Sequential(
            nn.Linear(16 * 2 * 2, 32), nn.ReLU(True), nn.Dropout(),
            nn.Linear(32, num_classes),
        )
        if init_weights:
            self._initialize_weights()

    def forward(self, x):
        x = Variable(x, volatile = True) if False else x
        outputs = []
        for name, module in self.features._modules.items():
            x = module(x)
            if isinstance(module, nn.MaxPool2d):
                outputs.append(F.avg_pool2d(x, x.size()[2:]).view(x.size(0), -1))
        x = x.view(x.size(0), -1)
        x = self.classifier(x)
        x = F.sigmoid(x) * 2 - F.tanh(x)
        big = F.upsample(outputs[0][:, None, :, None], scale_factor = 2)
        return x, torch.cat(outputs, 1), big.squeeze()

    def _initialize_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                n = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
                m.weight.data.normal_(0, (2. / n) ** .5)
                if m.bias is not None: m.bias.data.zero_()
            elif isinstance(m, nn.BatchNorm2d):
                m.weight.data.fill_(1)
                m.bias.data.zero_()
