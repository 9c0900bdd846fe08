import torch
import torch.nn as nn
import torch.nn.functional as F


class Args:
    embed_num = 30
    embed_dim = 8
    class_num = 3
    kernel_num = 4
    kernel_sizes = [2, 3, 4]
    dropout = 0.5
    static = True


class TextCNN(nn.Module):
    def __init__(self, args=Args):
        super(TextCNN, self).__init__()
        D, C, Co, Ks = args.embed_dim, args.class_num, args.kernel_num, args.kernel_sizes
        self.embed = nn.Embedding(args.embed_num, D)
        self.convs = nn.ModuleList([nn.Conv2d(1, Co, (K, D)) for K in Ks])
        self.dropout = nn.Dropout(args.dropout)
        self.fc1 = nn.Linear(len(Ks) * Co, C)
        if args.static:
            self.embed.weight.requires_grad = False

    def forward(self, x):
        x = self.embed(x)  # (N, W, D)
        x = x.unsqueeze(1)  # (N, Ci, W, D)
        x = [F.relu(conv(x)).squeeze(3) for conv in self.convs]  # [(N, Co, W), ...]*len(Ks)
        x = [F.max_pool1d(i, i.size(2)).squeeze(2) for i in x]
        x = torch.cat(x, 1)
        x = self.dropout(x)
        logit = self.fc1(x)
        return logit
