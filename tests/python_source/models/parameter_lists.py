import torch
from torch import nn


class HandMadeRNN(nn.Module):
    """Cells by hand, weights in lists and dicts."""

    def __init__(self, inputs=4, hidden=5, layers=2):
        super().__init__()
        self.hidden = hidden
        self.w = nn.ParameterList([nn.Parameter(torch.randn(inputs if i == 0 else hidden, hidden) * .3)
                                   for i in range(layers)])
        self.u = nn.ParameterList(nn.Parameter(torch.randn(hidden, hidden) * .3) for _ in range(layers))
        self.extra = nn.ParameterDict({'bias': nn.Parameter(torch.zeros(layers, hidden)),
                                       'init': nn.Parameter(torch.randn(layers, hidden))})
        self.cell = nn.LSTMCell(hidden, hidden)

    def forward(self, x):
        batch, steps, _ = x.shape
        h = [self.extra['init'][i].expand(batch, -1) for i in range(len(self.w))]
        c, s = torch.zeros_like(h[0]), h[0].new_zeros(batch, self.hidden)
        out = []
        for t in range(steps):
            y = x[:, t]
            for i, (w, u) in enumerate(zip(self.w, self.u)):
                h[i] = torch.tanh(torch.addmm(self.extra['bias'][i], y, w) + h[i].mm(u))
                y = h[i]
            s, c = self.cell(y, (s, c))
            out.append(s)
        return torch.stack(out, dim=1), (torch.stack(h), c)
