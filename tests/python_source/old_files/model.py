# The class of beatnet-model-1.pt: beats, downbeats or neither, from spectra.
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


class BDA(nn.Module):
    def __init__(self, dim_in, num_cells, num_layers, device):
        super(BDA, self).__init__()
        self.dim_in = dim_in
        self.dim_hd = num_cells
        self.num_layers = num_layers
        self.device = device
        self.conv_out = 150
        self.kernelsize = 10
        self.conv1 = nn.Conv1d(1, 2, self.kernelsize)
        self.linear0 = nn.Linear(2 * int((self.dim_in - self.kernelsize + 1) / 2), self.conv_out)
        self.lstm = nn.LSTM(self.conv_out, self.dim_hd, num_layers=self.num_layers, batch_first=True)
        self.linear = nn.Linear(self.dim_hd, 3)
        self.softmax = nn.Softmax(dim=0)

    def forward(self, data):
        x = torch.reshape(data, (-1, self.dim_in)).unsqueeze(0).transpose(0, 1)
        x = F.max_pool1d(F.relu(self.conv1(x)), 2)
        x = self.linear0(x.view(-1, self.flat(x)))
        x = torch.reshape(x, (data.shape[0], data.shape[1], self.conv_out))
        x, _ = self.lstm(x)
        return self.linear(x).transpose(1, 2)

    def flat(self, x):
        n = 1
        for s in x.size()[1:]:
            n *= s
        return n
