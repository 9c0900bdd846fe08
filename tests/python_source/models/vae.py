import torch
from torch import nn
from torch.nn import functional as F


class VAE(nn.Module):
  """Two-space house style, as in many notebooks."""

  def __init__(self, x_dim=64, h_dims=(48, 32), z_dim=8):
    super().__init__()
    layers = []
    last = x_dim
    for h in h_dims:
      layers += [nn.Linear(last, h), nn.ELU()]
      last = h
    self.encoder = nn.Sequential(*layers)
    self.mu, self.logvar = nn.Linear(last, z_dim), nn.Linear(last, z_dim)
    layers = []
    last = z_dim
    for h in reversed(h_dims):
      layers += [nn.Linear(last, h), nn.ELU()]
      last = h
    self.decoder = nn.Sequential(*layers, nn.Linear(last, x_dim))

  def encode(self, x):
    h = self.encoder(x)
    return self.mu(h), self.logvar(h)

  def reparameterize(self, mu, logvar):
    if self.training:
      std = torch.exp(0.5 * logvar)
      eps = torch.randn_like(std)
      return eps.mul(std).add_(mu)
    return mu

  def decode(self, z):
    return torch.sigmoid(self.decoder(z))

  def forward(self, x):
    mu, logvar = self.encode(x.view(x.shape[0], -1))
    z = self.reparameterize(mu, logvar)
    return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
  bce = F.binary_cross_entropy(recon_x, x.view(-1, 64), reduction='sum')
  kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
  return bce + kld
