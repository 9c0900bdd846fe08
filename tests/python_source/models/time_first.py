"""Attention over a recurrent network's outputs, time first, with a frozen projection, as a speech toolkit has it."""

from collections import ChainMap, OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

try:
    import numpy

    HAS_NUMPY = True
except ImportError:
    HAS_NUMPY = False


class WithName:
    """A mixin that knows nothing of modules."""

    kind = "time first"

    def describe(self):
        return f"{self.kind}: {type(self).__name__}"


class FrozenLinear(nn.Linear):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.reset_parameters()
        for p in self.parameters():
            p.requires_grad = False


class Attention(WithName, nn.Module):
    def __init__(self, size):
        super().__init__()
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size, bias=False)
        self.value = FrozenLinear(size, size)
        self.scale = nn.Parameter(torch.tensor(float(size)) ** -0.5, requires_grad=False)

    def forward(self, memory):
        keys = memory.permute(1, 0, 2)
        scores = torch.bmm(self.query(keys), self.key(keys).transpose(1, 2)) * self.scale
        return F.softmax(scores, dim=-1) @ self.value(keys)


class Listener(WithName, nn.Module):
    def __init__(self, features=5, size=6, classes=4):
        super(Listener, self).__init__()
        self.rnn = nn.GRU(features, size // 2, num_layers=2, bidirectional=True)
        self.attention = Attention(size)
        self.steps = nn.GRU(size, size, batch_first=True)
        layer = nn.TransformerDecoderLayer(size, 2, 2 * size, batch_first=True)
        self.decoder = nn.TransformerDecoder(layer, num_layers=2)
        self.out = nn.Sequential(OrderedDict([("drop", nn.Dropout(0.2)), ("fc", nn.Linear(size, classes))]))
        self.gain = 2.0 if HAS_NUMPY else 1.0

    def merged(self):
        return ChainMap({}, vars(self))

    def forward(self, frames):
        if hasattr(self.rnn, "flatten_parameters"):
            self.rnn.flatten_parameters()
        memory, _ = self.rnn(frames)
        start = Variable(frames.new_zeros(1, frames.size(1), memory.size(-1)), requires_grad=False)
        context, last = self.steps(self.attention(memory), start)
        context = self.decoder(context, memory.transpose(0, 1))
        low, high = context.split(split_size=context.size(-1) // 2, dim=-1)
        spectrum = torch.fft.rfft(context, dim=1)
        power = spectrum.real**2 + spectrum.imag**2
        return self.out(context) * self.gain, (low > 0).where(high > 0, low > high), power, last
