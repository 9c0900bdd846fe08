# Modules below torch.nn. A line "#: NAME" begins the module of that name.

#: torch.nn.init
import math

# Initialisers of parameters do nothing: the weights come from a file. What is not random is computed.


def _same(tensor, *args, **kwargs):
    return tensor


uniform_ = normal_ = trunc_normal_ = xavier_uniform_ = xavier_normal_ = kaiming_uniform_ = kaiming_normal_ = _same
orthogonal_ = sparse_ = _same
uniform = normal = xavier_uniform = xavier_normal = kaiming_uniform = kaiming_normal = orthogonal = sparse = _same


def constant_(tensor, val):
    return tensor.fill_(val)


def ones_(tensor):
    return tensor.fill_(1.0)


def zeros_(tensor):
    return tensor.zero_()


constant = constant_


def eye_(tensor):
    return _same(tensor) if tensor.is_meta else tensor.zero_().fill_diagonal_(1.0)


def dirac_(tensor, groups=1):
    if not tensor.is_meta:
        import torch._aten as aten
        aten.refuse('dirac_ of a tensor that is no parameter of a layer')
    return tensor


def calculate_gain(nonlinearity, param=None):
    if nonlinearity in ('linear', 'conv1d', 'conv2d', 'conv3d', 'conv_transpose1d', 'conv_transpose2d',
                        'conv_transpose3d', 'sigmoid'):
        return 1
    if nonlinearity == 'tanh':
        return 5.0 / 3
    if nonlinearity == 'relu':
        return math.sqrt(2.0)
    if nonlinearity == 'leaky_relu':
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity == 'selu':
        return 3.0 / 4
    raise ValueError(f'Unsupported nonlinearity {nonlinearity}')


def _calculate_fan_in_and_fan_out(tensor):
    if tensor.dim() < 2:
        raise ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
    field = 1
    for size in tensor.shape[2:]:
        field *= size
    return tensor.size(1) * field, tensor.size(0) * field


#: torch.nn.utils

#: torch.nn.utils.rnn
import torch
import torch._aten as aten


class PackedSequence:
    def __init__(self, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        self.data = data
        self.batch_sizes = batch_sizes
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        self.sorted_indices = sorted_indices
        self.unsorted_indices = unsorted_indices


def invert_permutation(permutation):
    if permutation is None:
        return None
    return torch.empty_like(permutation).scatter_(0, permutation, torch.arange(0, permutation.numel(),
                                                                               device=permutation.device))


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    lengths = torch.as_tensor(lengths, dtype=torch.int64, device='cpu') if not torch.is_tensor(lengths) else lengths
    sorted_indices = None
    if not enforce_sorted:
        lengths, sorted_indices = torch.sort(lengths, descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    data, batch_sizes = aten._pack_padded_sequence(input, lengths, batch_first)
    return PackedSequence(data, batch_sizes, sorted_indices, None)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    longest = sequence.batch_sizes.size(0)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(f'Expected total_length to be at least the length of the longest sequence in input, but '
                             f'got total_length={total_length} and max sequence length being {longest}')
        longest = total_length
    padded, lengths = aten._pad_packed_sequence(sequence.data, sequence.batch_sizes, batch_first, padding_value,
                                                longest)
    unsorted_indices = sequence.unsorted_indices
    if unsorted_indices is not None:
        return padded.index_select(0 if batch_first else 1, unsorted_indices), lengths[unsorted_indices.cpu()]
    return padded, lengths


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side='right'):
    return aten.pad_sequence(list(sequences) if not torch.is_tensor(sequences) else sequences.unbind(0), batch_first,
                             padding_value, padding_side)


def pack_sequence(sequences, enforce_sorted=True):
    lengths = torch.as_tensor([v.size(0) for v in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


#: torch.nn.modules.utils


def _ntuple(n):
    def parse(x):
        return tuple(x) if isinstance(x, (list, tuple)) else (x,) * n
    return parse


_single = _ntuple(1)
_pair = _ntuple(2)
_triple = _ntuple(3)
_quadruple = _ntuple(4)


#: torch.nn._transformer
import torch


def generate_square_subsequent_mask(sz, device=None, dtype=None):
    dtype = torch.float32 if dtype is None else dtype
    return torch.triu(torch.full((sz, sz), float('-inf'), dtype=dtype, device=device), diagonal=1)
