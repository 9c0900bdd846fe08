import math
import torch
from torch.nn.parameter import Parameter
from torch.nn.modules.module import Module
import torch.nn as nn
import torch.nn.functional as F


class Propagate(Module):
    """mixes each node with its neighbours: A (X W) + b"""

    def __init__(self, n_in, n_out, bias=True):
        super(Propagate, self).__init__()
        self.shape = (n_in, n_out)
        self.weight = Parameter(torch.FloatTensor(*self.shape))
        if bias:
            self.bias = Parameter(torch.Tensor(n_out))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        reach = 1. / math.sqrt(self.weight.size(1))
        for p in self.parameters():
            p.data.uniform_(-reach, reach)

    def forward(self, nodes, adj):
        mixed = torch.mm(adj, torch.mm(nodes, self.weight))
        return mixed if self.bias is None else mixed + self.bias

    def __repr__(self):
        return self.__class__.__name__ + ' (' + ' -> '.join(map(str, self.shape)) + ')'


class GCN(nn.Module):
    def __init__(self, nodes, edges, n_in, hidden, classes, dropout=0.5):
        super().__init__()
        adj = torch.zeros(nodes, nodes)
        for a, b in edges:
            adj[a, b] = adj[b, a] = 1.0
        adj = adj + torch.eye(nodes)
        degree = adj.sum(1)
        scale = torch.diag(degree.pow(-0.5))
        self.register_buffer('adj', scale @ adj @ scale)
        self.register_buffer('degree', degree, persistent=False)
        self.first = Propagate(n_in, hidden)
        self.second = Propagate(hidden, classes, bias=False)
        self.dropout = dropout

    def forward(self, x):
        x = F.dropout(F.relu(self.first(x, self.adj)), self.dropout, training=self.training)
        x = self.second(x, self.adj) / self.degree[:, None]
        return F.log_softmax(x, dim=1)
