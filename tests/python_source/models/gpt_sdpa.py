"""A small decoder-only language model, one file, config by dataclass."""
import math
import inspect
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F


@dataclass
class Config:
    vocab: int = 61
    context: int = 32   # longest sequence
    layers: int = 2
    heads: int = 4
    width: int = 32
    drop: float = 0.0
    bias: bool = False


class Norm(nn.Module):
    """layer norm whose bias is optional"""

    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class Attention(nn.Module):

    def __init__(self, cfg):
        super().__init__()
        assert cfg.width % cfg.heads == 0, 'heads must divide width'
        self.qkv = nn.Linear(cfg.width, 3 * cfg.width, bias=cfg.bias)
        self.out = nn.Linear(cfg.width, cfg.width, bias=cfg.bias)
        self.heads, self.width, self.p = cfg.heads, cfg.width, cfg.drop
        self.flash = hasattr(F, 'scaled_dot_product_attention')
        if not self.flash:
            raise RuntimeError("this torch is too old: " + torch.__version__)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(x).split(self.width, dim=2)
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in (q, k, v))
        y = torch.nn.functional.scaled_dot_product_attention(
            q, k, v, attn_mask=None, dropout_p=self.p if self.training else 0, is_causal=True)
        return self.out(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):

    def __init__(self, cfg):
        super().__init__()
        self.n1, self.attn = Norm(cfg.width, cfg.bias), Attention(cfg)
        self.n2 = Norm(cfg.width, cfg.bias)
        self.mlp = nn.ModuleDict(dict(
            up   = nn.Linear(cfg.width, 4 * cfg.width, bias=cfg.bias),
            act  = nn.GELU(approximate='tanh'),
            down = nn.Linear(4 * cfg.width, cfg.width, bias=cfg.bias),
        ))

    def forward(self, x):
        x = x + self.attn(self.n1(x))
        m = self.mlp
        return x + m.down(m.act(m.up(self.n2(x))))


class LanguageModel(nn.Module):

    def __init__(self, cfg):
        super().__init__()
        assert cfg.vocab is not None and cfg.context is not None
        self.cfg = cfg
        self.body = nn.ModuleDict(dict(
            tokens = nn.Embedding(cfg.vocab, cfg.width),
            places = nn.Embedding(cfg.context, cfg.width),
            drop = nn.Dropout(cfg.drop),
            blocks = nn.ModuleList([Block(cfg) for _ in range(cfg.layers)]),
            norm = Norm(cfg.width, bias=cfg.bias),
        ))
        self.head = nn.Linear(cfg.width, cfg.vocab, bias=False)
        self.body.tokens.weight = self.head.weight  # tied
        self.apply(self._init)
        for name, p in self.named_parameters():
            if name.endswith('out.weight'):
                nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * cfg.layers))
        print("parameters: %.3fM" % (self.count() / 1e6,))

    def count(self):
        n = sum(p.numel() for p in self.parameters())
        n -= self.body.places.weight.numel()
        return n

    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, mean=0.0, std=0.02)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.Embedding):
            nn.init.normal_(m.weight, mean=0.0, std=0.02)

    def forward(self, ids, targets=None):
        b, t = ids.size()
        assert t <= self.cfg.context, f"{t} tokens, the context is only {self.cfg.context}"
        pos = torch.arange(0, t, dtype=torch.long, device=ids.device)
        x = self.body.drop(self.body.tokens(ids) + self.body.places(pos))
        for block in self.body.blocks:
            x = block(x)
        x = self.body.norm(x)
        if targets is None:
            return self.head(x[:, [-1], :]), None   # the list keeps the dimension
        logits = self.head(x)
        loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss

    def optimizer(self, decay, lr):
        named = {n: p for n, p in self.named_parameters() if p.requires_grad}
        groups = [{'params': [p for p in named.values() if p.dim() >= 2], 'weight_decay': decay},
                  {'params': [p for p in named.values() if p.dim() < 2], 'weight_decay': 0.0}]
        fused = 'fused' in inspect.signature(torch.optim.AdamW).parameters
        return torch.optim.AdamW(groups, lr=lr, fused=fused)

    @torch.no_grad()
    def generate(self, ids, n, temperature=1.0):
        for _ in range(n):
            logits, _ = self(ids[:, -self.cfg.context:])
            p = F.softmax(logits[:, -1, :] / temperature, dim=-1)
            ids = torch.cat((ids, torch.multinomial(p, 1)), dim=1)
        return ids


def build(**options):
    return LanguageModel(Config(**options))
