import math
from math import sqrt

import torch
from torch import nn
from torch.nn import functional as F


class PixelNorm(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, input):
        return input * torch.rsqrt(torch.mean(input ** 2, dim=1, keepdim=True) + 1e-8)


def make_kernel(k):
    k = torch.tensor(k, dtype=torch.float32)
    if k.ndim == 1:
        k = k[None, :] * k[:, None]
    k /= k.sum()
    return k


class Blur(nn.Module):
    def __init__(self, kernel, pad):
        super().__init__()
        self.register_buffer('kernel', make_kernel(kernel))
        self.pad = pad

    def forward(self, x):
        c = x.shape[1]
        weight = torch.flip(self.kernel, [0, 1])[None, None].repeat(c, 1, 1, 1)
        return F.conv2d(F.pad(x, [*self.pad, *self.pad], mode='replicate'), weight, groups=c)


class EqualLinear(nn.Module):
    def __init__(self, in_dim, out_dim, bias=True, bias_init=0, lr_mul=1, activation=None):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_dim, in_dim).div_(lr_mul))
        self.bias = nn.Parameter(torch.zeros(out_dim).fill_(bias_init)) if bias else None
        self.activation = activation
        self.scale = (1 / math.sqrt(in_dim)) * lr_mul
        self.lr_mul = lr_mul

    def forward(self, input):
        out = F.linear(input, self.weight * self.scale, bias=self.bias * self.lr_mul)
        return F.leaky_relu(out, 0.2) * 2 ** 0.5 if self.activation else out

    def __repr__(self):
        return (
            f'{self.__class__.__name__}({self.weight.shape[1]}, {self.weight.shape[0]})'
        )


class ModulatedConv(nn.Module):
    def __init__(self, cin, cout, kernel, style, demodulate=True):
        super().__init__()
        self.eps, self.cin, self.cout, self.kernel = 1e-8, cin, cout, kernel
        fan_in = cin * kernel ** 2
        self.scale = 1 / sqrt(fan_in)
        self.padding = kernel // 2
        self.weight = nn.Parameter(torch.randn(1, cout, cin, kernel, kernel))
        self.modulation = EqualLinear(style, cin, bias_init=1)
        self.demodulate = demodulate

    def forward(self, input, style):
        batch, cin, height, width = input.shape
        style = self.modulation(style).view(batch, 1, cin, 1, 1)
        weight = self.scale * self.weight * style
        if self.demodulate:
            demod = torch.rsqrt(weight.pow(2).sum([2, 3, 4]) + self.eps)
            weight = weight * demod.view(batch, self.cout, 1, 1, 1)
        weight = weight.view(batch * self.cout, cin, self.kernel, self.kernel)
        input = input.view(1, batch * cin, height, width)
        out = F.conv2d(input, weight, padding=self.padding, groups=batch)
        return out.view(batch, self.cout, out.shape[-2], out.shape[-1])


class Generator(nn.Module):
    def __init__(self, style=8, size=16, n_mlp=2):
        super().__init__()
        layers = [PixelNorm()]
        for i in range(n_mlp):
            layers.append(EqualLinear(style, style, lr_mul=0.01, activation='fused_lrelu'))
        self.style = nn.Sequential(*layers)
        self.input = nn.Parameter(torch.randn(1, 8, 4, 4))
        self.log_size = int(math.log(size, 2))
        self.convs = nn.ModuleList()
        self.blur = Blur([1, 3, 3, 1], (1, 2))
        self.noises = nn.Module()
        for i in range(3, self.log_size + 1):
            self.noises.register_buffer(f'noise_{i}', torch.randn(1, 1, 2 ** i, 2 ** i))
            self.convs.append(ModulatedConv(8, 8, 3, style))
        self.to_rgb = ModulatedConv(8, 3, 1, style, demodulate=False)

    def forward(self, styles, truncation=1, mean=None):
        w = [self.style(s) for s in styles]
        if truncation < 1:
            w = [mean + truncation * (s - mean) for s in w]
        if len(w) < 2:
            latent = w[0].unsqueeze(1).repeat(1, len(self.convs) + 1, 1)
        else:
            n = 1
            latent = torch.cat([w[0].unsqueeze(1).repeat(1, n, 1),
                                w[1].unsqueeze(1).repeat(1, len(self.convs) + 1 - n, 1)], 1)
        out = self.input.repeat(latent.shape[0], 1, 1, 1)
        for i, conv in enumerate(self.convs):
            out = self.blur(F.interpolate(out, scale_factor=2, mode='bilinear', align_corners=False))
            out = F.leaky_relu(conv(out, latent[:, i]) + 0.1 * getattr(self.noises, f'noise_{i + 3}'), 0.2)
        return self.to_rgb(out, latent[:, -1])
