from typing import Optional

import torch
from torch import nn, Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD = 0


class BiLstmTagger(nn.Module):
    """Named entity tagger: embedding, packed bidirectional LSTM, projection."""

    def __init__(self, vocab_size: int, tagset_size: int, embedding_dim: int = 16, hidden_dim: int = 24,
                 num_layers: int = 2, dropout: float = 0.3) -> None:
        super().__init__()
        self.hidden_dim = hidden_dim
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=PAD)
        self.dropout = nn.Dropout(dropout)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=num_layers, bidirectional=True,
                            batch_first=True, dropout=dropout if num_layers > 1 else 0.0)
        self.hidden2tag = nn.Linear(hidden_dim, tagset_size)

    def forward(self, tokens: Tensor, lengths: Optional[Tensor] = None) -> Tensor:
        if lengths is None:
            lengths = (tokens != PAD).sum(dim=1)
        embedded = self.dropout(self.embedding(tokens))
        packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)
        packed_output, (h_n, c_n) = self.lstm(packed)
        output, _ = pad_packed_sequence(packed_output, batch_first=True, total_length=tokens.size(1))
        logits = self.hidden2tag(self.dropout(output))
        mask = (tokens == PAD).unsqueeze(-1)
        return logits.masked_fill(mask, 0.0)
