"""Samples of the single-input layers, and of arguments to them, that PyTorch's module database lacks."""

import itertools
import types
from collections import OrderedDict

import torch
from torch import nn
from torch.testing._internal.common_modules import FunctionInput as F, ModuleInput

WORDS = torch.tensor([[1, 2, 0], [4, 9, 9]])
BAGS = torch.tensor([0, 2, 6])


def padded_convolutions():
    modes = ("reflect", "replicate", "circular")
    yield from (F(4, 6, 3, padding=1, padding_mode=mode, stride=2) for mode in modes)
    yield from (F(4, 6, 2, padding="same", dilation=2, padding_mode=mode) for mode in (*modes, "zeros"))
    yield F(4, 6, 3, padding="valid", bias=False, groups=2)


def upsampled(spatial, modes):
    sizes = (
        {"size": 8},
        {"size": (4,) * spatial},
        {"scale_factor": 2},
        {"scale_factor": (1.5,) * spatial},
        {"scale_factor": 1.7, "recompute_scale_factor": True},
    )
    for mode, size in itertools.product(modes, sizes):
        yield F(mode=mode, **size)
        if mode in ("linear", "bilinear", "bicubic", "trilinear"):
            yield F(mode=mode, align_corners=True, **size)


def pools(*more):
    return [F(3), F(3, return_indices=True), F(2, stride=1, padding=1, ceil_mode=True), *more]


def layers(r):
    """(class, constructors, inputs); r(*shape) is a random tensor."""
    images, volumes = [F(r(2, 4, 9, 8)), F(r(4, 9, 8))], [F(r(1, 4, 6, 7, 8))]
    lines = [F(r(2, 4, 9)), F(r(4, 9))]
    rows, words, two = [F(r(3, 4))], [F(WORDS), F(WORDS.int()), F(torch.tensor(3))], [F(r(3, 4), r(3, 4))]

    yield nn.Embedding, [F(10, 4, **kw) for kw in (
        {"padding_idx": -1}, {"max_norm": 1.0}, {"max_norm": 0.5, "norm_type": 1.0}, {"scale_grad_by_freq": True},
        {"sparse": True})], words
    bags = [F(WORDS), F(WORDS.ravel(), BAGS)]
    for mode in ("sum", "mean", "max"):
        yield nn.EmbeddingBag, [F(10, 4, mode=mode, **kw) for kw in (
            {}, {"padding_idx": 2}, {"max_norm": 1.0}, {"include_last_offset": True})], bags
    yield nn.EmbeddingBag, [F(10, 4, mode="sum")], [F(WORDS, None, r(2, 3)), F(WORDS.ravel(), BAGS, r(6))]

    for layer in (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout):
        yield layer, [F(), F(0.2, True), F(1)], rows
    for layer in (nn.ReLU, nn.ReLU6, nn.SELU, nn.SiLU, nn.Mish, nn.Hardswish, nn.Hardsigmoid, nn.ELU, nn.CELU,
                  nn.LeakyReLU, nn.RReLU, nn.Hardtanh):
        yield layer, [F(), F(inplace=True)], rows
    yield nn.Hardtanh, [F(-2, 3), F(min_value=-2, max_value=1)], rows
    yield nn.Threshold, [F(0.1, 20), F(0.1, 20.0, True)], rows
    yield nn.PReLU, [F(), F(4, 0.1)], [*rows, *lines[:1]]
    for layer in (nn.Softmax, nn.Softmin, nn.LogSoftmax):
        yield layer, [F(), F(-1)], [F(r(3)), F(r(2, 3)), F(r(2, 3, 4)), F(r(2, 3, 4, 5))]
    yield nn.Identity, [F(), F(54, unused=1)], rows
    yield nn.Sequential, [F(nn.Linear(4, 3), nn.ReLU()), F(OrderedDict(a=nn.Tanh(), b=nn.Linear(4, 1))), F()], rows

    yield nn.Flatten, [F(), F(0, 1), F(-2)], [F(r(2, 3, 4))]
    yield nn.Unflatten, [F(1, (2, 3)), F(-1, (3, -1))], [F(r(2, 6))]
    for layer in (nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle):
        yield layer, [F(2)], [F(r(1, 8, 4, 4)), F(r(8, 4, 4))]
    yield nn.Unfold, [F(2), F((2, 3), stride=2, padding=(1, 0), dilation=1)], [F(r(2, 3, 5, 6))]
    yield nn.Fold, [F((4, 5), 2), F((7, 6), 2, dilation=3)], [F(r(2, 12, 12)), F(r(12, 12))]

    yield nn.SyncBatchNorm, [F(4), F(4, affine=False, track_running_stats=False)], images[:1]
    yield nn.BatchNorm2d, [F(4, bias=False, momentum=None), F(4, track_running_stats=False)], images[:1]
    yield nn.InstanceNorm2d, [F(4, affine=True, track_running_stats=True), F(4, affine=True, bias=False)], images
    yield nn.GroupNorm, [F(2, 4, affine=False), F(2, 4, bias=False)], images[:1]
    yield nn.CrossMapLRN2d, [F(3), F(4, 0.1, 0.5, 2), F(9, alpha=1.0)], images[:1]
    yield nn.LocalResponseNorm, [F(4, 0.1, 0.5, 2)], [lines[0], images[0], volumes[0]]

    for dims, inputs in ((1, lines), (2, images), (3, volumes)):
        yield getattr(nn, f"Conv{dims}d"), list(padded_convolutions()), inputs
        transposed = getattr(nn, f"ConvTranspose{dims}d")
        grouped = F(4, 6, 3, 2, 1, groups=2, dilation=2, bias=False)
        yield transposed, [F(4, 6, 3, stride=2, output_padding=1), grouped], inputs
        x = inputs[0].args[0]
        yield transposed, [F(4, 6, 3, stride=2)], [F(x, [2 * size + 2 for size in x.shape[2:]])]

        max_pool = getattr(nn, f"MaxPool{dims}d")
        yield max_pool, pools(F(2, dilation=2), F((2,) * dims, (1,) * dims)), inputs
        average = [F(3), F(2, 1, 1, True, False), F([2] * dims)]
        yield getattr(nn, f"AvgPool{dims}d"), average + [F(2, divisor_override=3)] * (dims > 1), inputs
        norms = (1.5, 3, float("inf"), -float("inf"))
        yield getattr(nn, f"LPPool{dims}d"), [F(norm, 2, ceil_mode=True) for norm in norms], inputs
        sizes = [3, (2,) * dims] + [(None,) * dims, (None,) + (2,) * (dims - 1)] * (dims > 1)
        yield getattr(nn, f"AdaptiveAvgPool{dims}d"), [F(size) for size in sizes], inputs
        adaptive_max = [F(size, return_indices=indices) for size in sizes for indices in (False, True)]
        yield getattr(nn, f"AdaptiveMaxPool{dims}d"), adaptive_max, inputs
        even = r(2, 4, *(4, 8, 6)[:dims])
        pooled = max_pool(2, return_indices=True)(even)
        shapes = (None, list(even.shape), list(even.shape[2:]))
        yield getattr(nn, f"MaxUnpool{dims}d"), [F(2)], [F(*pooled, shape) for shape in shapes]
        if dims > 1:
            samples = torch.rand(x.shape[0], 4, dims, dtype=x.dtype)
            fractions = [F(2, 3), F(2, output_ratio=0.5, return_indices=True), F(2, 3, _random_samples=samples)]
            yield getattr(nn, f"FractionalMaxPool{dims}d"), fractions, inputs[:1]

        linear = ((), ("linear",), ("bilinear", "bicubic"), ("trilinear",))[dims]
        yield nn.Upsample, list(upsampled(dims, ("nearest", "nearest-exact", "area", *linear))), inputs[:1]
    for layer in (nn.UpsamplingNearest2d, nn.UpsamplingBilinear2d):
        yield layer, [F(scale_factor=2), F((5, 6))], images[:1]

    yield nn.ZeroPad2d, [F((1, -1, 2, 0)), F((1, 2))], images
    yield nn.ConstantPad1d, [F((3, 1), 3.5), F(2, 1)], lines
    yield nn.CircularPad2d, [F([1, 2, 0, 1])], images

    yield nn.CosineSimilarity, [F(), F(-1, 1e-3)], two
    yield nn.PairwiseDistance, [F(), F(1, keepdim=True)], two
    yield from losses(r)


def losses(r):
    three, log_probs = [F(r(3, 4), r(3, 4), r(3, 4))], r(10, 2, 5).log_softmax(2)
    lengths = [F(log_probs, torch.tensor([[1, 2, 3, 1], [2, 2, 1, 4]]), (10, 9), (4, 3))]
    for reduction in ("mean", "sum", "none"):
        constructor = [F(reduction=reduction)]
        yield nn.CTCLoss, constructor, lengths
        yield nn.NLLLoss2d, constructor, [F(r(1, 3, 2, 2), torch.tensor([[[0, 1], [2, 1]]]))]
        for loss in (nn.TripletMarginLoss, nn.TripletMarginWithDistanceLoss):
            yield loss, [F(reduction=reduction), F(reduction=reduction, swap=True, margin=0.5)], three
    yield nn.MSELoss, [F(False), F(reduce=False), F(size_average=True)], [F(r(3, 4), r(3, 4))]


def layer_module_db():
    """The samples in the form of the database."""

    def inputs_of(index):
        def module_inputs(info, device, dtype, requires_grad, training):
            def random(*shape):
                return torch.randn(*shape, dtype=dtype)

            _, constructors, inputs = list(layers(random))[index]
            pairs = itertools.product(constructors, inputs)
            return [ModuleInput(constructor_input=constructor, forward_input=forward) for constructor, forward in pairs]

        return module_inputs

    infos = []
    for index, (layer, _, _) in enumerate(layers(torch.randn)):
        name = f"layer nn.{layer.__name__} {index}"
        infos.append(types.SimpleNamespace(name=name, module_cls=layer, module_inputs_func=inputs_of(index)))
    return infos
