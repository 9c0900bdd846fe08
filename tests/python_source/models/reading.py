"""Question answering over a paragraph: char CNN, highway, attention both ways, span pointers."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def masked_softmax(logits, mask, dim=-1, log_softmax=False):
    mask = mask.type(torch.float32)
    masked_logits = mask * logits + (1 - mask) * -1e30
    softmax_fn = F.log_softmax if log_softmax else F.softmax
    return softmax_fn(masked_logits, dim)


class Highway(nn.Module):
    def __init__(self, num_layers, size):
        super(Highway, self).__init__()
        self.transforms = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.gates = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])

    def forward(self, x):
        for gate, transform in zip(self.gates, self.transforms):
            g = torch.sigmoid(gate(x))
            t = F.relu(transform(x))
            x = g * t + (1 - g) * x
        return x


class CharEmbedding(nn.Module):
    def __init__(self, chars, dim, filters):
        super(CharEmbedding, self).__init__()
        self.embed = nn.Embedding(chars, dim, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv2d(1, filters, (k, dim)) for k in (2, 3)])

    def forward(self, ids):
        batch, words, letters = ids.size()
        x = self.embed(ids.view(-1, letters)).unsqueeze(1)
        x = [F.relu(conv(x)).squeeze(3) for conv in self.convs]
        x = [F.max_pool1d(i, i.size(2)).squeeze(2) for i in x]
        return torch.cat(x, 1).view(batch, words, -1)


class Attention(nn.Module):
    def __init__(self, size):
        super(Attention, self).__init__()
        self.c_weight = nn.Parameter(torch.zeros(size, 1))
        self.q_weight = nn.Parameter(torch.zeros(size, 1))
        self.cq_weight = nn.Parameter(torch.zeros(1, 1, size))
        for weight in (self.c_weight, self.q_weight, self.cq_weight):
            nn.init.xavier_uniform_(weight)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, c, q, c_mask, q_mask):
        batch_size, c_len, _ = c.size()
        q_len = q.size(1)
        s0 = torch.matmul(c, self.c_weight).expand([-1, -1, q_len])
        s1 = torch.matmul(q, self.q_weight).transpose(1, 2).expand([-1, c_len, -1])
        s2 = torch.matmul(c * self.cq_weight, q.transpose(1, 2))
        s = s0 + s1 + s2 + self.bias
        c_mask = c_mask.view(batch_size, c_len, 1)
        q_mask = q_mask.view(batch_size, 1, q_len)
        s1 = masked_softmax(s, q_mask, dim=2)
        s2 = masked_softmax(s, c_mask, dim=1)
        a = torch.bmm(s1, q)
        b = torch.bmm(torch.bmm(s1, s2.transpose(1, 2)), c)
        return torch.cat([c, a, c * a, c * b], dim=2)


class Reader(nn.Module):
    def __init__(self, words=50, chars=20, dim=6, hidden=5):
        super(Reader, self).__init__()
        self.words = nn.Embedding(words, dim)
        self.chars = CharEmbedding(chars, 4, 3)
        self.proj = nn.Linear(dim + 6, hidden, bias=False)
        self.hwy = Highway(2, hidden)
        self.enc = nn.LSTM(hidden, hidden, batch_first=True, bidirectional=True)
        self.att = Attention(2 * hidden)
        self.mod = nn.LSTM(8 * hidden, hidden, batch_first=True, bidirectional=True)
        self.start, self.end = nn.Linear(10 * hidden, 1), nn.Linear(10 * hidden, 1)

    def embed(self, w, c):
        return self.hwy(self.proj(torch.cat([self.words(w), self.chars(c)], -1)))

    def forward(self, cw, cc, qw, qc):
        c_mask = torch.zeros_like(cw) != cw
        q_mask = torch.ne(qw, 0)
        c, _ = self.enc(self.embed(cw, cc))
        q, _ = self.enc(self.embed(qw, qc))
        att = self.att(c, q, c_mask, q_mask)
        mod, _ = self.mod(att)
        both = torch.cat([att, mod], -1)
        log_p1 = masked_softmax(self.start(both).squeeze(-1), c_mask, log_softmax=True)
        log_p2 = masked_softmax(self.end(both).squeeze(), c_mask, log_softmax=True)
        joint = torch.matmul(log_p1.exp().unsqueeze(2), log_p2.exp().unsqueeze(1))
        legal = torch.triu(torch.ones(cw.size(1), cw.size(1)))
        joint *= legal - torch.triu(legal, diagonal=4)
        best_rows, _ = torch.max(joint, dim=2)
        best_cols = joint.max(dim=1)[0]
        return log_p1, log_p2, torch.argmax(best_rows, -1), best_cols.argmax(dim=-1)
