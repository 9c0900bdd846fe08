from __future__ import print_function
import os
import random
import torch
import torch.nn as nn
import torchvision.utils as vutils

NZ = 20        # latent vector
WIDTH = 8      # feature maps
CHANNELS = 3
dev = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
random.seed(7)


def init_weights(m):
    name = m.__class__.__name__
    if name.find('Conv') != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif name.find('BatchNorm') != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)


def up(cin, cout, *args):
    return [nn.ConvTranspose2d( cin, cout, *args, bias=False),
            nn.BatchNorm2d(cout), nn.ReLU(True)]


class Generator(nn.Module):
    def __init__(self, gpus=1):
        super(Generator, self).__init__()
        self.gpus = gpus
        self.net = nn.Sequential(
            *up(NZ, WIDTH * 4, 4, 1, 0),
            # now 4 x 4
            *up(WIDTH * 4, WIDTH * 2, 4, 2, 1),
            # now 8 x 8
            nn.ConvTranspose2d(WIDTH * 2, CHANNELS, 4, 2, 1, bias=False),
            nn.Tanh()
        )
        self.apply(init_weights)

    def forward(self, z):
        if z.is_cuda and self.gpus > 1:
            return nn.parallel.data_parallel(self.net, z, range(self.gpus))
        return self.net(z)


class Discriminator(nn.Module):
    def __init__(self):
        super(Discriminator, self).__init__()
        blocks = []
        c = CHANNELS
        for i, k in enumerate([WIDTH, WIDTH * 2]):
            blocks.append(nn.Conv2d(c, k, 4, 2, 1, bias=False))
            if i:
                blocks.append(nn.BatchNorm2d(k))
            blocks.append(nn.LeakyReLU(0.2, inplace=True))
            c = k
        blocks += [nn.Conv2d(c, 1, 4, 1, 0, bias=False), nn.Sigmoid()]
        self.net = nn.Sequential(*blocks)

    def forward(self, image):
        return self.net(image).view(-1, 1).squeeze(1)
