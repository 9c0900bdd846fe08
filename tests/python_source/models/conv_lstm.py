import torch.nn as nn
import torch


class ConvLSTMCell(nn.Module):

    def __init__(self, input_dim, hidden_dim, kernel_size, bias):
        super(ConvLSTMCell, self).__init__()
        self.hidden_dim = hidden_dim
        padding = kernel_size[0] // 2, kernel_size[1] // 2
        self.conv = nn.Conv2d(in_channels=input_dim + hidden_dim, out_channels=4 * hidden_dim,
                              kernel_size=kernel_size, padding=padding, bias=bias)

    def forward(self, x, state):
        h, c = state
        gates = self.conv(torch.cat([x, h], dim=1))
        i, f, o, g = torch.split(gates, self.hidden_dim, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def init_hidden(self, batch, size):
        h, w = size
        zeros = self.conv.weight.new_zeros
        return (zeros(batch, self.hidden_dim, h, w), zeros((batch, self.hidden_dim, h, w)))


class ConvLSTM(nn.Module):
    def __init__(self, input_dim, hidden_dim, kernel_size, num_layers, bias=True, return_all=False):
        super(ConvLSTM, self).__init__()
        self._check(kernel_size)
        kernel_size = self._extend(kernel_size, num_layers)
        hidden_dim = self._extend(hidden_dim, num_layers)
        if not len(kernel_size) == len(hidden_dim) == num_layers:
            raise ValueError('Inconsistent list length.')
        self.num_layers, self.return_all = num_layers, return_all
        cells = []
        for i in range(0, num_layers):
            cells.append(ConvLSTMCell(input_dim if i == 0 else hidden_dim[i - 1], hidden_dim[i], kernel_size[i], bias))
        self.cells = nn.ModuleList(cells)

    def forward(self, x, state=None):
        b, _, _, h, w = x.size()
        if state is None:
            state = [cell.init_hidden(b, (h, w)) for cell in self.cells]
        outputs, last = [], []
        current = x
        for i, cell in enumerate(self.cells):
            hid, c = state[i]
            steps = []
            for t in range(current.size(1)):
                hid, c = cell(current[:, t, :, :, :], (hid, c))
                steps.append(hid)
            current = torch.stack(steps, dim=1)
            outputs.append(current)
            last.append([hid, c])
        if not self.return_all:
            outputs, last = outputs[-1:], last[-1:]
        return outputs, last

    @staticmethod
    def _check(kernel_size):
        if not (isinstance(kernel_size, tuple) or
                (isinstance(kernel_size, list) and all([isinstance(elem, tuple) for elem in kernel_size]))):
            raise ValueError('`kernel_size` must be tuple or list of tuples')

    @staticmethod
    def _extend(param, num_layers):
        if not isinstance(param, list):
            param = [param] * num_layers
        return param


def make(layers=2, all_layers=True):
    return ConvLSTM(2, [3, 4][:layers], (3, 3), layers, return_all=all_layers)
