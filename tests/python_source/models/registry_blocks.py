import functools
import torch
import torch.nn as nn

BLOCKS = {}
ACTIVATIONS = {
    'relu': nn.ReLU,
    'gelu': nn.GELU,
    'mish': nn.Mish,
    'quiet': nn.Softsign,
}


def register(name=None):
    def decorator(cls):
        key = name or cls.__name__.lower()
        assert key not in BLOCKS, f'{key!r} is there twice'
        BLOCKS[key] = cls
        return cls
    return decorator


def counted(fn):
    @functools.wraps(fn)
    def wrapper(self, *args, **kwargs):
        out = fn(self, *args, **kwargs)
        return out if out.dim() == 2 else out.flatten(1)
    return wrapper


@register('dense')
class DenseBlock(nn.Module):
    def __init__(self, cin, cout, act='relu', **_):
        super().__init__()
        self.fc = nn.Linear(cin, cout)
        self.act = ACTIVATIONS[act]()

    @counted
    def forward(self, x):
        return self.act(self.fc(x))


@register()
class Gated(nn.Module):
    def __init__(self, cin, cout, *, act='gelu', heads=2, bias=True):
        super().__init__()
        self.fc = nn.Linear(cin, 2 * cout, bias=bias)
        self.act, self.heads = ACTIVATIONS[act](), heads

    @counted
    def forward(self, x):
        a, b = self.fc(x).tensor_split(2, dim=-1)
        return (self.act(a) * b).unflatten(-1, (self.heads, -1)).flip(1)


class Net(nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.blocks = nn.ModuleList()
        self.spec = spec
        for item in spec:
            item = dict(item)
            kind = item.pop('type')
            if kind not in BLOCKS:
                raise KeyError(f"unknown block {kind}, known are {sorted(BLOCKS.keys())}")
            cin, cout = item.pop('size')
            self.blocks.append(BLOCKS[kind](cin, cout, **item))

    def forward(self, x):
        return functools.reduce(lambda y, block: block(y), self.blocks, x)
