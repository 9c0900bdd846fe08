"""Prints the numbers and texts that this folder's tests of single-input layers expect, each under its test's name.

Made with torch 2.13.0 for Python 3.11. ramp() is Ramp() of layer_test_util.h.

usage: make_layer_numbers.py
"""

import torch
from torch import nn


def ramp(*shape):
    return torch.linspace(-0.5, 0.5, torch.Size(shape).numel()).reshape(shape)


def with_ramps(module):
    """The module in eval mode, its parameters named here as random ones replaced by ramps."""
    for child in module.modules():
        if isinstance(child, (nn.Linear, nn.modules.conv._ConvNd, nn.Embedding, nn.EmbeddingBag, nn.Bilinear)):
            for parameter in child.parameters(recurse=False):
                parameter.data = ramp(*parameter.shape)
    return module.eval()


def show(name, value):
    print(name)
    if isinstance(value, torch.Tensor):
        value = ", ".join(f"{number:.7g}" for number in value.flatten().tolist())
    print("   ", str(value).replace("\n", "\n    "))


@torch.no_grad()
def main():
    linear = with_ramps(nn.Linear(3, 2))
    show("LinearTest.WeightsTheInput", linear(torch.ones(3)))
    show("LinearTest.BilinearTakesTwoInputs", with_ramps(nn.Bilinear(2, 2, 2))(ramp(2), ramp(2)))

    conv = with_ramps(nn.Conv2d(1, 1, 2, padding=1, padding_mode="reflect"))
    show("ConvTest.PadsByItsMode", conv(ramp(1, 2, 2)))
    show("ConvTest.SameKeepsTheSize", with_ramps(nn.Conv1d(1, 1, 2, padding="same"))(ramp(1, 4)))
    transposed = with_ramps(nn.ConvTranspose1d(1, 1, 2, stride=2))
    show("ConvTest.TransposedTakesAnOutputSize", transposed(ramp(1, 2), output_size=[5]))

    norm = nn.BatchNorm1d(1, track_running_stats=False).eval()
    show("BatchNormTest.UsesTheBatchWithoutRunningStatistics", norm(ramp(4, 1)))
    show("InstanceNormTest.TakesNoBatch", nn.InstanceNorm1d(1).eval()(ramp(1, 4)))
    show("NormalizationTest.CrossMapLrn2d", nn.CrossMapLRN2d(3, alpha=3.0, beta=1.0)(ramp(1, 4, 1, 1)))
    show("NormalizationTest.LocalResponseNorm", nn.LocalResponseNorm(2, alpha=2.0, beta=1.0)(ramp(1, 4, 1)))

    words = torch.tensor([0, 1])
    show("EmbeddingTest.MaxNormShortensRowsOfACopy", with_ramps(nn.Embedding(2, 2, max_norm=0.25))(words))
    bag = with_ramps(nn.EmbeddingBag(3, 2, mode="sum"))
    show("EmbeddingBagTest.SumsBags", bag(torch.tensor([0, 1, 2]), torch.tensor([0, 1])))

    show("SoftmaxTest.ImplicitDimIsTheFirstOfThree", nn.Softmax()(ramp(2, 1, 1)))
    show("UpsampleTest.OldFilesRecomputeTheScale",
         nn.Upsample(scale_factor=1.6, mode="linear", recompute_scale_factor=True)(ramp(1, 1, 3)))
    show("UpsampleTest.NewFilesDoNot", nn.Upsample(scale_factor=1.6, mode="linear")(ramp(1, 1, 3)))
    show("LpPoolTest.InfiniteNorm", nn.LPPool1d(float("inf"), 2)(ramp(1, 4)))
    show("GaussianNllLossTest.TakesANumber", nn.GaussianNLLLoss()(ramp(3), torch.zeros(3), 0.5))

    layer = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
    show("ModuleListTest.PrintsEqualNeighboursOnce", nn.ModuleList([nn.ReLU(), nn.ReLU(), layer, layer, nn.ReLU()]))
    values = [nn.Parameter(torch.zeros(2, 3)), nn.Parameter(torch.zeros(4).half()), 5, None]
    show("ParameterListTest.PrintsItsValues", nn.ParameterList(values))
    show("ParameterListTest.PrintsItsValues", nn.ParameterList(values[:1]))
    show("ParameterDictTest.PrintsTensorTypes", nn.ParameterDict({"b": values[0], "a": values[1]}))


if __name__ == "__main__":
    main()
