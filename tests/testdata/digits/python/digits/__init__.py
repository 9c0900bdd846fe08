"""A small residual network for 8x8 handwritten digits."""

from digits.model import BasicBlock, DigitsNet

__all__ = ["BasicBlock", "DigitsNet"]
