"""One thing many times: what a line of a forward costs."""
import torch
import torch.nn.functional as F
from torch import nn

TIMES = 1000


class Add(nn.Module):
    def forward(self, x, y):
        for _ in range(TIMES):
            x = x + y
        return x


class View(nn.Module):
    def forward(self, x, y):
        for _ in range(TIMES):
            x = x.view(1, 4)
        return x


class Transpose(nn.Module):
    def forward(self, x, y):
        for _ in range(TIMES):
            x = x.transpose(0, 1)
        return x


class Slice(nn.Module):
    def forward(self, x, y):
        for _ in range(TIMES):
            y = x[:, 1:3]
        return y


class Relu(nn.Module):
    def forward(self, x, y):
        for _ in range(TIMES):
            x = F.relu(x)
        return x


class LinearCall(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x, y):
        for _ in range(TIMES):
            x = self.fc(x)
        return x


class Integers(nn.Module):
    def forward(self, x, y):
        n = 0
        for i in range(TIMES):
            n = n + i * 2
        return x + n


class OwnFunction(nn.Module):
    def step(self, n):
        return n + 1

    def forward(self, x, y):
        n = 0
        for _ in range(TIMES):
            n = self.step(n)
        return x + n
