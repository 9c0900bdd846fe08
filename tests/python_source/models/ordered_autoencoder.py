from collections import OrderedDict as OD
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, sizes=(20, 12, 6), act='relu', tie_names=True):
        super(AutoEncoder, self).__init__()
        acts = {'relu': nn.ReLU, 'tanh': nn.Tanh, 'leaky': lambda: nn.LeakyReLU(0.1)}
        try:
            make = acts[act]
        except KeyError:
            raise NotImplementedError('activation [%s] is not found' % act)
        enc = OD()
        for i in range(len(sizes) - 1):
            enc['fc{}'.format(i)] = nn.Linear(sizes[i], sizes[i + 1])
            enc['{}{}'.format(act, i)] = make()
        dec = OD()
        for i in reversed(range(len(sizes) - 1)):
            dec['fc%d' % i] = nn.Linear(sizes[i + 1], sizes[i])
            if i:
                dec['%s%d' % (act, i)] = make()
        self.model = nn.Sequential(OD([('encoder', nn.Sequential(enc)), ('decoder', nn.Sequential(dec))]))

    def forward(self, x):
        code = self.model.encoder(x)
        return OD(code=code, output=self.model.decoder(code), error=((self.model[1](code) - x) ** 2).mean())
