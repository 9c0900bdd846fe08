"""Samples that the module database lacks: masks, hints and packed sequences for attention and recurrent layers, and a
class that it leaves out."""

import types

import torch
from torch import nn
from torch.testing._internal.common_modules import FunctionInput, ModuleInput


def sample(constructor, forward):
    return ModuleInput(constructor_input=constructor, forward_input=forward)


def attention(x, dtype):
    memory = torch.randn(2, 4, 8, dtype=dtype)
    padding = torch.tensor([[False, False, True], [False, True, True]])
    square = torch.rand(3, 3) > 0.7
    causal = nn.Transformer.generate_square_subsequent_mask(3, dtype=dtype)
    for constructor in (
        FunctionInput(8, 2, batch_first=True),
        FunctionInput(8, 2, batch_first=True, bias=False),
        FunctionInput(8, 1, batch_first=True, add_zero_attn=True),
        FunctionInput(8, 4, batch_first=True, add_bias_kv=True),
    ):
        yield sample(constructor, FunctionInput(x, x, x, key_padding_mask=padding))
        yield sample(constructor, FunctionInput(x, x, x, attn_mask=square, average_attn_weights=False))
        by_head = square.expand(2 * constructor.args[1], 3, 3)
        yield sample(constructor, FunctionInput(x, x, x, padding, False, by_head))
        yield sample(constructor, FunctionInput(x, x, x, attn_mask=causal, need_weights=False, is_causal=True))
        yield sample(constructor, FunctionInput(x, x, x, attn_mask=causal, is_causal=True))
        yield sample(constructor, FunctionInput(x, memory, memory))
        yield sample(constructor, FunctionInput(x, memory, memory.clone(), need_weights=False))
        yield sample(constructor, FunctionInput(x[0], x[0], x[0], attn_mask=causal))


def encoder(x, dtype):
    left_aligned = torch.tensor([[False, False, True], [False, True, True]])
    scattered = torch.tensor([[True, False, False], [False, True, False]])
    causal = nn.Transformer.generate_square_subsequent_mask(3, dtype=dtype)
    layers = (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", norm_first=True),
        nn.TransformerEncoderLayer(8, 1, 16, batch_first=True, activation=nn.ReLU()),
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation=torch.tanh),
    )
    for layer in layers:
        for constructor in (
            FunctionInput(layer, 2),
            FunctionInput(layer, 1, nn.LayerNorm(8), enable_nested_tensor=False),
            FunctionInput(layer, 2, norm=nn.LayerNorm(8), mask_check=False),
        ):
            yield sample(constructor, FunctionInput(x))
            yield sample(constructor, FunctionInput(x, src_key_padding_mask=left_aligned))
            yield sample(constructor, FunctionInput(x, src_key_padding_mask=scattered))
            yield sample(constructor, FunctionInput(x, mask=causal))
            yield sample(constructor, FunctionInput(x, mask=causal, is_causal=True))
            yield sample(constructor, FunctionInput(x, causal, left_aligned))


def decoder(x, dtype):
    memory = torch.randn(2, 4, 8, dtype=dtype)
    causal = nn.Transformer.generate_square_subsequent_mask(3, dtype=dtype)
    memory_mask = torch.rand(3, 4) > 0.7
    padding = torch.tensor([[False, False, True, True], [False, True, True, True]])
    for norm_first in (False, True):
        layer = nn.TransformerDecoderLayer(8, 2, 16, batch_first=True, norm_first=norm_first, activation="gelu")
        constructor = FunctionInput(layer, 2, nn.LayerNorm(8))
        yield sample(constructor, FunctionInput(x, memory))
        yield sample(constructor, FunctionInput(x, memory, tgt_mask=causal, memory_mask=memory_mask))
        yield sample(constructor, FunctionInput(x, memory, causal, tgt_is_causal=True, memory_key_padding_mask=padding))
        yield sample(constructor, FunctionInput(x, memory, tgt_key_padding_mask=padding[:, 1:]))


def transformer(x, dtype):
    memory = torch.randn(2, 4, 8, dtype=dtype)
    constructor = FunctionInput(8, 2, 2, 1, 16, activation=nn.GELU(), batch_first=True)
    padding = torch.tensor([[False, False, False, True], [False, False, True, True]])
    causal = nn.Transformer.generate_square_subsequent_mask(3, dtype=dtype)
    masks = {"tgt_mask": causal, "src_key_padding_mask": padding, "memory_key_padding_mask": padding}
    yield sample(constructor, FunctionInput(memory, x, **masks))
    yield sample(constructor, FunctionInput(memory[0], x[0]))


def recurrent(x, dtype):
    lengths = torch.tensor([2, 3])
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    in_order = nn.utils.rnn.pack_sequence([x[0], x[1, :1]])
    for constructor in (FunctionInput(8, 5), FunctionInput(8, 5, num_layers=2, bidirectional=True, bias=False)):
        yield sample(constructor, FunctionInput(packed))
        yield sample(constructor, FunctionInput(in_order))


def packed_with_state(x, dtype):
    lengths = torch.tensor([2, 3])
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    state = torch.randn(1, 2, 3, dtype=dtype), torch.randn(1, 2, 5, dtype=dtype)
    yield sample(FunctionInput(8, 5, proj_size=3), FunctionInput(packed, state))


def adaptive_softmax(x, dtype):
    for constructor in (
        FunctionInput(8, 20, [5, 12]),
        FunctionInput(8, 20, [5, 12], div_value=2.0, head_bias=True),
        FunctionInput(8, 9, (1, 2, 4), 1.1),
    ):
        yield sample(constructor, FunctionInput(x[0], torch.tensor([0, 7, 8])))
        yield sample(constructor, FunctionInput(x[0], torch.tensor([5, 6, 7])))
        yield sample(constructor, FunctionInput(x[0, 0], torch.tensor(3)))


MORE_SAMPLES = (
    ("more nn.MultiheadAttention", nn.MultiheadAttention, attention),
    ("more nn.TransformerEncoder", nn.TransformerEncoder, encoder),
    ("more nn.TransformerDecoder", nn.TransformerDecoder, decoder),
    ("more nn.Transformer", nn.Transformer, transformer),
    ("nn.AdaptiveLogSoftmaxWithLoss", nn.AdaptiveLogSoftmaxWithLoss, adaptive_softmax),
    ("more nn.RNN", nn.RNN, recurrent),
    ("more nn.GRU", nn.GRU, recurrent),
    ("more nn.LSTM", nn.LSTM, recurrent),
    ("more nn.LSTM with state", nn.LSTM, packed_with_state),
)


def more_module_db():
    """The same in the form of the database."""

    def inputs_of(make):
        def module_inputs(info, device, dtype, requires_grad, training):
            return list(make(torch.randn(2, 3, 8, dtype=dtype), dtype))

        return module_inputs

    return [
        types.SimpleNamespace(name=name, module_cls=module_cls, module_inputs_func=inputs_of(make))
        for name, module_cls, make in MORE_SAMPLES
    ]
