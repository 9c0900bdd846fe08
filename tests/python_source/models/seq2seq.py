# -*- coding: utf-8 -*-
import torch
import torch.nn as nn
import torch.nn.functional as F

START, STOP = 0, 1
LONGEST = 12


class Encoder(nn.Module):
    def __init__(self, words, hidden):
        super(Encoder, self).__init__()
        self.hidden = hidden
        self.embedding = nn.Embedding(words, hidden)
        self.gru = nn.GRU(hidden, hidden)

    def forward(self, word, state):
        x = self.embedding(word).view(1, 1, -1)
        x, state = self.gru(x, state)
        return x, state

    def first_state(self, device=None):
        return torch.zeros(1, 1, self.hidden, device=device)


class Decoder(nn.Module):
    def __init__(self, hidden, words, dropout=0.1):
        super(Decoder, self).__init__()
        self.embedding = nn.Embedding(words, hidden)
        self.attn = nn.Linear(hidden * 2, LONGEST)
        self.mix = nn.Linear(hidden * 2, hidden)
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRU(hidden, hidden)
        self.out = nn.Linear(hidden, words)

    def forward(self, word, state, memory):
        e = self.dropout(self.embedding(word).view(1, 1, -1))
        weights = F.softmax(self.attn(torch.cat((e[0], state[0]), 1)), dim=1)
        seen = torch.bmm(weights.unsqueeze(0), memory.unsqueeze(0))
        x = F.relu(self.mix(torch.cat((e[0], seen[0]), 1)).unsqueeze(0))
        x, state = self.gru(x, state)
        return F.log_softmax(self.out(x[0]), dim=1), state, weights


class Translator(nn.Module):
    def __init__(self, words_in, words_out, hidden=16):
        super(Translator, self).__init__()
        self.encoder = Encoder(words_in, hidden)
        self.decoder = Decoder(hidden, words_out)

    def forward(self, sentence):
        state = self.encoder.first_state(sentence.device)
        memory = torch.zeros(LONGEST, self.encoder.hidden)
        for i in range(sentence.size()[0]):
            x, state = self.encoder(sentence[i], state)
            memory[i] += x[0, 0]

        word = torch.tensor([[START]])
        words = []
        seen = torch.zeros(LONGEST, LONGEST)
        i = 0
        while i < LONGEST:
            scores, state, weights = self.decoder(word, state, memory)
            seen[i] = weights.data
            best, index = scores.data.topk(1)
            if index.item() == STOP:
                words.append(STOP)
                break
            else:
                words.append(index.item())
            word = index.squeeze().detach()
            i += 1
        return torch.tensor(words), seen[:i + 1]
