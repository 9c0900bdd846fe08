import torch
import torch.nn as nn
import torch.nn.functional as F


class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size, query_size=None, memory_size=None):
        super(BahdanauAttention, self).__init__()
        query_size = hidden_size if query_size is None else query_size
        memory_size = 2 * hidden_size if memory_size is None else memory_size
        self.memory_layer = nn.Linear(memory_size, hidden_size, bias=False)
        self.query_layer = nn.Linear(query_size, hidden_size, bias=False)
        self.energy_layer = nn.Linear(hidden_size, 1, bias=False)
        self.alphas = None

    def forward(self, query=None, projected=None, value=None, mask=None):
        assert mask is not None, "mask is required"
        query = self.query_layer(query)
        scores = self.energy_layer(torch.tanh(query + projected))
        scores = scores.squeeze(2).unsqueeze(1)
        scores.data.masked_fill_(mask == 0, -float('inf'))
        alphas = F.softmax(scores, dim=-1)
        self.alphas = alphas
        context = torch.bmm(alphas, value)
        return context, alphas


class Speller(nn.Module):
    def __init__(self, n_in, n_out, emb=8, hidden=10, steps=5):
        super(Speller, self).__init__()
        self.steps = steps
        self.emb_in, self.emb_out = nn.Embedding(n_in, emb), nn.Embedding(n_out, emb)
        self.enc = nn.GRU(emb, hidden, 1, batch_first=True, bidirectional=True)
        self.attention = BahdanauAttention(hidden)
        self.bridge = nn.Linear(2 * hidden, hidden, bias=True)
        self.cell = nn.GRUCell(emb + 2 * hidden, hidden)
        self.out = nn.Linear(hidden + 2 * hidden + emb, n_out)

    def forward(self, src):
        mask = (src != 0).unsqueeze(-2)
        states, final = self.enc(self.emb_in(src))
        fwd, bwd = final[0:final.size(0):2], final[1:final.size(0):2]
        hidden = torch.tanh(self.bridge(torch.cat([fwd, bwd], dim=2)))[-1]
        projected = self.attention.memory_layer(states)
        prev = torch.ones(src.size(0), dtype=torch.long)
        outputs, attentions = [], []
        for i in range(self.steps):
            e = self.emb_out(prev)
            context, alphas = self.attention(query=hidden.unsqueeze(1), projected=projected, value=states, mask=mask)
            context = context.squeeze(1)
            hidden = self.cell(torch.cat([e, context], -1), hidden)
            logits = self.out(torch.cat([hidden, context, e], dim=1))
            _, prev = torch.max(logits, dim=1)
            outputs.append(prev)
            attentions.append(alphas[:, 0])
        return torch.stack(outputs, 1), torch.stack(attentions, 1)
