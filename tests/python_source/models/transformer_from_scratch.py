"""Encoder and decoder from the paper, in plain PyTorch, for reading."""
import copy
import math
import torch
import torch.nn as nn
from torch.nn.functional import log_softmax


def copies(layer, n):
    "n layers that start equal"
    return nn.ModuleList([copy.deepcopy(layer) for _ in range(n)])


def attend(q, k, v, mask=None, drop=None):
    "softmax(q k / sqrt(d)) v, and the weights themselves"
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    weights = scores.softmax(dim=-1)
    if drop is not None:
        weights = drop(weights)
    return torch.matmul(weights, v), weights


def future_mask(size):
    ones = torch.ones((1, size, size))
    return torch.triu(ones, diagonal=1).type(torch.uint8) == 0


class OwnLayerNorm(nn.Module):
    def __init__(self, features, eps=1e-6):
        super(OwnLayerNorm, self).__init__()
        self.gain = nn.Parameter(torch.ones(features))
        self.shift = nn.Parameter(torch.zeros(features))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True)
        return self.gain * (x - mean) / (std + self.eps) + self.shift


class ManyHeads(nn.Module):
    def __init__(self, heads, width, drop=0.1):
        super(ManyHeads, self).__init__()
        assert width % heads == 0
        self.each = width // heads
        self.heads = heads
        self.projections = copies(nn.Linear(width, width), 4)
        self.weights = None  # of the last call, for plots
        self.drop = nn.Dropout(p=drop)

    def forward(self, q, k, v, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)  # the same for all heads
        batch = q.size(0)
        q, k, v = [
            project(t).view(batch, -1, self.heads, self.each).transpose(1, 2)
            for project, t in zip(self.projections, (q, k, v))
        ]
        x, self.weights = attend(q, k, v, mask=mask, drop=self.drop)
        x = (
            x.transpose(1, 2)
            .contiguous()
            .view(batch, -1, self.heads * self.each)
        )
        del q, k
        del v
        return self.projections[-1](x)


class Residual(nn.Module):
    def __init__(self, width, drop):
        super(Residual, self).__init__()
        self.norm = OwnLayerNorm(width)
        self.drop = nn.Dropout(drop)

    def forward(self, x, inner):
        return x + self.drop(inner(self.norm(x)))


class FeedForward(nn.Module):
    def __init__(self, width, inner, drop=0.1):
        super(FeedForward, self).__init__()
        self.w1, self.w2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = nn.Dropout(drop)

    def forward(self, x):
        return self.w2(self.drop(self.w1(x).relu()))


class EncoderLayer(nn.Module):
    def __init__(self, width, own, feed, drop):
        super(EncoderLayer, self).__init__()
        self.own, self.feed = own, feed
        self.residual = copies(Residual(width, drop), 2)
        self.width = width

    def forward(self, x, mask):
        x = self.residual[0](x, lambda y: self.own(y, y, y, mask))
        return self.residual[1](x, self.feed)


class DecoderLayer(EncoderLayer):
    def __init__(self, width, own, other, feed, drop):
        super(DecoderLayer, self).__init__(width, own, feed, drop)
        self.other = other
        self.residual = copies(Residual(width, drop), 3)

    def forward(self, x, memory, memory_mask, mask):
        m = memory
        x = self.residual[0](x, lambda y: self.own(y, y, y, mask))
        x = self.residual[1](x, lambda y: self.other(y, m, m, memory_mask))
        return self.residual[2](x, self.feed)


class Stack(nn.Module):
    def __init__(self, layer, n):
        super(Stack, self).__init__()
        self.layers = copies(layer, n)
        self.norm = OwnLayerNorm(layer.width)

    def forward(self, x, *rest):
        for layer in self.layers:
            x = layer(x, *rest)
        return self.norm(x)


class Words(nn.Module):
    def __init__(self, width, vocab):
        super(Words, self).__init__()
        self.table = nn.Embedding(vocab, width)
        self.width = width

    def forward(self, x):
        return self.table(x) * math.sqrt(self.width)


class Places(nn.Module):
    def __init__(self, width, drop, longest=64):
        super(Places, self).__init__()
        self.drop = nn.Dropout(p=drop)
        waves = torch.zeros(longest, width)
        at = torch.arange(0, longest).unsqueeze(1)
        speed = torch.exp(torch.arange(0, width, 2) * -(math.log(10000.0) / width))
        waves[:, 0::2] = torch.sin(at * speed)
        waves[:, 1::2] = torch.cos(at * speed)
        self.register_buffer("waves", waves.unsqueeze(0))

    def forward(self, x):
        x = x + self.waves[:, : x.size(1)].requires_grad_(False)
        return self.drop(x)


class Transformer(nn.Module):
    def __init__(self, encoder, decoder, source, target, generator):
        super(Transformer, self).__init__()
        self.encoder, self.decoder = encoder, decoder
        self.source, self.target = source, target
        self.generator = generator

    def encode(self, src, src_mask):
        return self.encoder(self.source(src), src_mask)

    def decode(self, memory, src_mask, tgt, tgt_mask):
        return self.decoder(self.target(tgt), memory, src_mask, tgt_mask)

    def forward(self, src, tgt):
        src_mask = (src != 0).unsqueeze(-2)
        tgt_mask = (tgt != 0).unsqueeze(-2)
        tgt_mask = tgt_mask & future_mask(tgt.size(-1)).type_as(tgt_mask.data)
        out = self.decode(self.encode(src, src_mask), src_mask, tgt, tgt_mask)
        return log_softmax(self.generator(out), dim=-1)


def make_model(src_vocab, tgt_vocab, n=2, width=32, inner=64, heads=4, drop=0.1):
    "All parts put together, weights by Glorot."
    c = copy.deepcopy
    attn = ManyHeads(heads, width)
    feed = FeedForward(width, inner, drop)
    places = Places(width, drop)
    model = Transformer(
        Stack(EncoderLayer(width, c(attn), c(feed), drop), n),
        Stack(DecoderLayer(width, c(attn), c(attn), c(feed), drop), n),
        nn.Sequential(Words(width, src_vocab), c(places)),
        nn.Sequential(Words(width, tgt_vocab), c(places)),
        nn.Linear(width, tgt_vocab),
    )
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
    return model
