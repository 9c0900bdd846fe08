"""Weights by a formula that formula.cc has too, so that no weights need be stored: hashes of key and place."""

import math

import numpy
import torch


def fnv1a(text: str, offset: int = 2166136261, prime: int = 16777619, bits: int = 32) -> int:
    value = offset
    for byte in text.encode():
        value = (value ^ byte) * prime % (1 << bits)
    return value


def fnv1a_64(text: str) -> int:
    return fnv1a(text, 14695981039346656037, 1099511628211, 64)


def uniform(key: str, shape: tuple) -> numpy.ndarray:
    """Numbers from 0 to 1, float64."""
    x = numpy.arange(math.prod(shape), dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(fnv1a(key))
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x45D9F3B)
    x ^= x >> numpy.uint32(16)
    return (x.astype(numpy.float64) / 2.0**32).reshape(shape)


def weights(key: str, shape: tuple) -> torch.Tensor:
    """Such that activations neither vanish nor grow over a hundred layers."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    u = uniform(key, shape)
    if key.endswith("running_var"):
        u = 0.5 + u
    elif len(shape) == 1:
        u = 0.2 + 0.4 * u if key.endswith("weight") else 0.2 * u - 0.1
    else:
        u = (2 * u - 1) * math.sqrt(3 / (math.prod(shape) / shape[0]))
    return torch.from_numpy(u.astype(numpy.float32))


def fill(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            tensor.copy_(weights(key, tuple(tensor.shape)))
