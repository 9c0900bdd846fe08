import numpy as np
import torch
from torch import nn


class ResidualUnit(nn.Module):
	"""Tabs, as some people write."""
	def __init__(self, channels, skip, kernel, dilation):
		super().__init__()
		self.pad = (kernel - 1) * dilation
		self.filter = nn.Conv1d(channels, channels, kernel, dilation=dilation)
		self.gate = nn.Conv1d(channels, channels, kernel, dilation=dilation)
		self.res = nn.Conv1d(channels, channels, 1)
		self.skip = nn.Conv1d(channels, skip, 1)

	def forward(self, x):
		padded = nn.functional.pad(x, (self.pad, 0))
		z = torch.tanh(self.filter(padded)) * torch.sigmoid(self.gate(padded))
		return x + self.res(z), self.skip(z)


class WaveNet(nn.Module):
	def __init__(self, levels=16, channels=8, skip=12, kernel=2, stacks=2, depth=3):
		super().__init__()
		self.levels = levels
		self.start = nn.Conv1d(levels, channels, 1)
		dilations = [2 ** (i % depth) for i in range(depth * stacks)]
		self.receptive_field = (kernel - 1) * sum(dilations) + 1
		self.units = nn.ModuleList()
		for d in dilations:
			self.units.append(ResidualUnit(channels, skip, kernel, d))
		self.end1 = nn.Conv1d(skip, skip, 1)
		self.end2 = nn.Conv1d(skip, levels, 1)

	def forward(self, codes):
		x = nn.functional.one_hot(codes, self.levels).float().transpose(1, 2)
		x = self.start(x)
		total = 0
		for unit in self.units:
			x, s = unit(x)
			total = total + s
		y = torch.relu(self.end1(torch.relu(total)))
		return self.end2(y)[..., self.receptive_field - 1:]


def mu_law(x, levels=16):
	mu = levels - 1
	return np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
