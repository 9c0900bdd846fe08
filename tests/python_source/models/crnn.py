import torch.nn as nn


class BidirectionalLSTM(nn.Module):

    def __init__(self, nIn, nHidden, nOut):
        super(BidirectionalLSTM, self).__init__()
        self.rnn = nn.LSTM(nIn, nHidden, bidirectional=True)
        self.embedding = nn.Linear(nHidden * 2, nOut)

    def forward(self, input):
        recurrent, _ = self.rnn(input)
        T, b, h = recurrent.size()
        output = self.embedding(recurrent.view(T * b, h))  # [T * b, nOut]
        return output.view(T, b, -1)


class CRNN(nn.Module):

    def __init__(self, height, channels, classes, hidden, leaky=False):
        super(CRNN, self).__init__()
        assert height % 16 == 0, 'height has to be a multiple of 16'
        ks = [3, 3, 3, 2]
        ps = [1, 1, 1, 0]
        nm = [4, 8, 8, 16]

        cnn = nn.Sequential()

        def add(i, norm=False):
            nIn = channels if i == 0 else nm[i - 1]
            cnn.add_module('conv{0}'.format(i), nn.Conv2d(nIn, nm[i], ks[i], 1, ps[i]))
            if norm:
                cnn.add_module('norm{0}'.format(i), nn.BatchNorm2d(nm[i]))
            cnn.add_module('act{0}'.format(i), nn.LeakyReLU(0.2, inplace=True) if leaky else nn.ReLU(True))

        add(0)
        cnn.add_module('pool{0}'.format(0), nn.MaxPool2d(2, 2))
        add(1, True)
        cnn.add_module('pool{0}'.format(1), nn.MaxPool2d(2, 2))
        add(2)
        cnn.add_module('pool{0}'.format(2), nn.MaxPool2d((2, 2), (2, 1), (0, 1)))
        add(3, True)
        self.cnn = cnn
        self.rnn = nn.Sequential(BidirectionalLSTM(16, hidden, hidden), BidirectionalLSTM(hidden, hidden, classes))

    def forward(self, input):
        conv = self.cnn(input)
        b, c, h, w = conv.size()
        assert h == 1, "the height of conv must be 1"
        conv = conv.squeeze(2)
        conv = conv.permute(2, 0, 1)  # [w, b, c]
        return self.rnn(conv)
