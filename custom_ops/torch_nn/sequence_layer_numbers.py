"""Prints the numbers that the tests of recurrent, attention and transformer layers expect.

Every parameter that Python fills with random numbers, and every input, is a ramp from -0.5 to 0.5, as
layer_test_util.h has it. Run by hand; the tests name the torch version.
"""

import torch
from torch import nn


def ramp(*shape):
    return torch.linspace(-0.5, 0.5, torch.Size(shape).numel()).reshape(shape)


def ramped(module):
    constant = ("norm", "in_proj_bias", "out_proj.bias")
    for name, parameter in module.named_parameters():
        if not any(part in name for part in constant):
            parameter.data = ramp(*parameter.shape)
    return module.eval()


def show(title, tensor):
    print(title, list(tensor.shape), [float(f"{x:.6g}") for x in tensor.flatten().tolist()])


@torch.no_grad()
def main():
    print("torch", torch.__version__)
    x = ramp(2, 1, 2)
    show("RNN output", ramped(nn.RNN(2, 2, nonlinearity="relu"))(x)[0])
    output, (h, c) = ramped(nn.LSTM(2, 3, bidirectional=True, proj_size=1))(x)
    show("LSTM output", output)
    show("LSTM h", h)
    show("LSTM c", c)
    packed = nn.utils.rnn.PackedSequence(ramp(3, 2), torch.tensor([2, 1]))
    output, hidden = ramped(nn.GRU(2, 2))(packed)
    show("GRU packed output", output.data)
    show("GRU packed hidden", hidden)
    show("GRU unbatched output", ramped(nn.GRU(2, 2, num_layers=2, batch_first=True))(ramp(3, 2))[0])
    show("RNNCell", ramped(nn.RNNCell(2, 2))(ramp(1, 2), ramp(1, 2)))
    h, c = ramped(nn.LSTMCell(2, 2))(ramp(2))
    show("LSTMCell h", h)
    show("LSTMCell c", c)
    show("GRUCell", ramped(nn.GRUCell(2, 2, bias=False))(ramp(1, 2)))

    attention = ramped(nn.MultiheadAttention(4, 2, batch_first=True))
    x = ramp(1, 2, 4)
    mask = torch.tensor([[False, True]])
    show("attention fused output", attention(x, x, x, key_padding_mask=mask)[0])
    show("attention fused weights", attention(x, x, x, key_padding_mask=mask)[1])
    attention = ramped(nn.MultiheadAttention(4, 2, kdim=3, vdim=2, add_bias_kv=True, add_zero_attn=True))
    output, weights = attention(ramp(2, 4), ramp(3, 3), ramp(3, 2), average_attn_weights=False)
    show("attention separate output", output)
    show("attention separate weights", weights)

    x = ramp(1, 3, 4)
    padding = torch.tensor([[False, False, True]])
    layer = nn.TransformerEncoderLayer(4, 2, dim_feedforward=3, activation="gelu", batch_first=True)
    show("encoder nested", ramped(nn.TransformerEncoder(layer, 2))(x, src_key_padding_mask=padding))
    not_left = torch.tensor([[True, False, False]])
    show("encoder not nested", ramped(nn.TransformerEncoder(layer, 2))(x, src_key_padding_mask=not_left))
    transformer = ramped(nn.Transformer(4, 1, 1, 1, dim_feedforward=3, norm_first=True))
    causal = nn.Transformer.generate_square_subsequent_mask(2)
    show("transformer", transformer(ramp(2, 1, 4), ramp(2, 1, 4), tgt_mask=causal))


if __name__ == "__main__":
    main()
