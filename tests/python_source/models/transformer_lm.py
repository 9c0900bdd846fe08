import math
import os
from tempfile import TemporaryDirectory
from typing import Tuple

import torch
from torch import nn, Tensor
from torch.nn import TransformerEncoder, TransformerEncoderLayer
from torch.utils.data import dataset


class Positions(nn.Module):

    def __init__(self, width: int, dropout: float = 0.1, longest: int = 50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        where = torch.arange(longest).unsqueeze(1)
        rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(longest, 1, width)
        table[:, 0, 0::2] = torch.sin(where * rate)
        table[:, 0, 1::2] = torch.cos(where * rate)
        self.register_buffer('table', table)

    def forward(self, x: Tensor) -> Tensor:
        """x: [length, batch, width]"""
        return self.dropout(x + self.table[:x.size(0)])


class WordModel(nn.Module):

    def __init__(self, words: int, width: int = 16, heads: int = 2, inner: int = 32,
                 layers: int = 2, dropout: float = 0.5):
        super().__init__()
        self.model_type = 'Transformer'
        self.positions = Positions(width, dropout)
        layer = TransformerEncoderLayer(width, heads, inner, dropout)
        self.encoder = TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.embedding = nn.Embedding(words, width)
        self.width = width
        self.output = nn.Linear(width, words)
        self.init_weights()

    def init_weights(self) -> None:
        reach = 0.1
        self.embedding.weight.data.uniform_(-reach, reach)
        self.output.bias.data.zero_()
        self.output.weight.data.uniform_(-reach, reach)

    def forward(self, src: Tensor, mask: Tensor = None) -> Tensor:
        src = self.positions(self.embedding(src) * math.sqrt(self.width))
        if mask is None:
            """only what came before"""
            mask = nn.Transformer.generate_square_subsequent_mask(len(src)).to(src.device)
        return self.output(self.encoder(src, mask))
