"""DigitsNet, a residual network for 8x8 grey images of handwritten digits."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def conv3x3(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """3x3 convolution with padding. No bias: a batch norm follows."""
    return nn.Conv2d(
        in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False
    )


def conv1x1(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """1x1 convolution. No bias: a batch norm follows."""
    return nn.Conv2d(
        in_channels, out_channels, kernel_size=1, stride=stride, bias=False
    )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions around a residual connection.

    `downsample` brings the input to the shape of the output. Without it the
    input is added as it is, and the attribute is a plain None.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_channels, out_channels, stride)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(out_channels, out_channels)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        identity = x

        out = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)

        out = self.conv2(out)
        out = self.bn2(out)

        if self.downsample is not None:
            identity = self.downsample(x)

        out += identity
        return self.relu(out)


class DigitsNet(nn.Module):
    """Classifies images of shape [N, 1, 8, 8] with values in 0..1.

    Returns logits of shape [N, num_classes]. The images are normalised inside,
    with the attributes `input_mean` and `input_std`.
    """

    def __init__(
        self, width: int = 16, num_classes: int = 10, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.width = width
        self.num_classes = num_classes
        # Mean and standard deviation over all pixels of the training images.
        self.input_mean = 0.305
        self.input_std = 0.376

        self.conv1 = conv3x3(1, width)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = self._make_layer(width, width)
        self.layer2 = self._make_layer(width, 2 * width, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2 * width, num_classes)

    def _make_layer(
        self, in_channels: int, out_channels: int, stride: int = 1
    ) -> nn.Sequential:
        downsample = None
        if stride != 1 or in_channels != out_channels:
            downsample = nn.Sequential(
                conv1x1(in_channels, out_channels, stride),
                nn.BatchNorm2d(out_channels),
            )
        return nn.Sequential(BasicBlock(in_channels, out_channels, stride, downsample))

    def forward(self, x: Tensor) -> Tensor:
        x = (x - self.input_mean) / self.input_std

        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu(x)

        x = self.layer1(x)
        x = self.layer2(x)

        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        x = self.dropout(x)
        return self.fc(x)
