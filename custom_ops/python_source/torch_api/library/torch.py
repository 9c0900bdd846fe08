# torch: what Python itself computes around ATen's operators.

import torch._aten as aten
from torch import Size, Tensor, bfloat16, float16, float32


def split(tensor, split_size_or_sections, dim=0):
    if isinstance(split_size_or_sections, (list, tuple)):
        return aten.split_with_sizes(tensor, split_size_or_sections, dim)
    return aten.split(tensor, split_size_or_sections, dim)


# Methods whose arguments have other names or another order than the function's.


def _tensor_split(self, split_size, dim=0):
    return split(self, split_size, dim)


def _tensor_where(self, condition, other):
    return aten.where(condition, self, other)


def _tensor_polygamma(self, n):
    return aten.polygamma(n, self)


def _tensors(tensors):
    return list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)


def nonzero(input, *, as_tuple=False):
    return tuple(aten.nonzero_numpy(input)) if as_tuple else aten.nonzero(input)


def meshgrid(*tensors, indexing=None):
    return aten.meshgrid(_tensors(tensors), indexing='ij' if indexing is None else indexing)


def broadcast_tensors(*tensors):
    return aten.broadcast_tensors(_tensors(tensors))


def cartesian_prod(*tensors):
    return aten.cartesian_prod(_tensors(tensors))


def block_diag(*tensors):
    return aten.block_diag(_tensors(tensors))


def atleast_1d(*tensors):
    return aten.atleast_1d(tensors[0] if len(tensors) == 1 else tensors)


def atleast_2d(*tensors):
    return aten.atleast_2d(tensors[0] if len(tensors) == 1 else tensors)


def atleast_3d(*tensors):
    return aten.atleast_3d(tensors[0] if len(tensors) == 1 else tensors)


def broadcast_shapes(*shapes):
    count = 0
    for shape in shapes:
        count = max(count, 1 if isinstance(shape, int) else len(shape))
    result = [1] * count
    for shape in shapes:
        if isinstance(shape, int):
            shape = (shape,)
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] == 1 or result[i] == shape[i]:
                continue
            if result[i] != 1:
                raise RuntimeError('Shape mismatch: objects cannot be broadcast to a single shape')
            result[i] = shape[i]
    return Size(result)


def einsum(*args):
    if len(args) < 2 or not isinstance(args[0], str):
        aten.refuse('einsum without an equation')
    return aten.einsum(args[0], _tensors(args[1:]))


def norm(input, p='fro', dim=None, keepdim=False, out=None, dtype=None):
    if out is not None or p == 'nuc':
        aten.refuse('norm with out= or the nuclear norm')
    if p == 'fro' and (dim is None or isinstance(dim, int) or len(dim) <= 2):
        return aten.linalg_vector_norm(input, 2, dim, keepdim, dtype=dtype)
    if isinstance(p, str):
        raise RuntimeError(f'norm() does not take p={p!r} with these dimensions')
    return aten.linalg_vector_norm(input, 2 if p is None else p, dim, keepdim, dtype=dtype)


def stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect',
         normalized=False, onesided=None, return_complex=None, align_to_window=None):
    if center:
        if align_to_window is not None:
            raise RuntimeError('stft only supports align_to_window for center = False.')
        dim = input.dim()
        shape = [1] * (3 - dim) + list(input.size())
        half = n_fft // 2
        input = aten.pad(input.view(shape), [half, half], pad_mode)
        input = input.view(input.shape[-dim:])
    return aten.stft(input, n_fft, hop_length, win_length, window, normalized, onesided, return_complex,
                     align_to_window)


def tensordot(a, b, dims=2, out=None):
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.dim(), b.dim()):
            raise RuntimeError(f'unsupported dims={dims}')
        first, second = list(range(-dims, 0)), list(range(dims))
    else:
        first, second = dims
        first = [first] if isinstance(first, int) else first
        second = [second] if isinstance(second, int) else second
    return aten.tensordot(a, b, first, second)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    if dim is None:
        values, inverse, counts = aten._unique2(input, sorted, return_inverse, return_counts)
    else:
        values, inverse, counts = aten.unique_dim(input, dim, sorted, return_inverse, return_counts)
    return _unique_results(values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    values, inverse, counts = aten.unique_consecutive(input, return_inverse, return_counts, dim)
    return _unique_results(values, inverse, counts, return_inverse, return_counts)


def _unique_results(values, inverse, counts, return_inverse, return_counts):
    if return_inverse and return_counts:
        return values, inverse, counts
    if return_inverse:
        return values, inverse
    return (values, counts) if return_counts else values


def cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary'):
    modes = {'use_mm_for_euclid_dist_if_necessary': None, 'use_mm_for_euclid_dist': 1,
             'donot_use_mm_for_euclid_dist': 2}
    if compute_mode not in modes:
        raise ValueError(f'{compute_mode} is not a valid value for compute_mode')
    return aten.cdist(x1, x2, p, modes[compute_mode])


def chain_matmul(*matrices, out=None):
    return aten.linalg_multi_dot(_tensors(matrices))


def is_tensor(obj):
    return isinstance(obj, Tensor)


def _assert(condition, message):
    assert condition, message


def is_grad_enabled():
    return False


def is_inference_mode_enabled():
    return True


def is_autocast_enabled(device_type=None):
    return False


def is_autocast_cpu_enabled():
    return False


def get_default_dtype():
    return float32


def set_default_dtype(d):
    if d is not float32:
        aten.refuse('set_default_dtype, which changes every other model')


def set_float32_matmul_precision(precision):
    if precision != 'highest':
        aten.refuse('set_float32_matmul_precision, which changes every other model')


# Initialisers do nothing here, so a seed has nothing to fix before forward; and in forward Python's own results are
# random too.
def manual_seed(seed):
    return None


def seed():
    aten.refuse('torch.seed')


def compile(model=None, *args, **kwargs):
    return model if model is not None else (lambda function: function)


class _Context:
    def __enter__(self):
        return None

    def __exit__(self, *exception):
        return False

    def __call__(self, function):
        return function


def no_grad(function=None):
    return _Context() if function is None else function


def enable_grad(function=None):
    return _Context() if function is None else function


def inference_mode(mode=True):
    return _Context() if isinstance(mode, bool) else mode


def set_grad_enabled(mode):
    return _Context()


def autocast(device_type, dtype=None, enabled=True, cache_enabled=None):
    if enabled and (device_type == 'cpu' or aten.has_cuda()):
        aten.refuse('autocast, which changes dtypes')
    return _Context()


def get_autocast_gpu_dtype():
    return float16


def get_autocast_dtype(device_type):
    return bfloat16 if device_type == 'cpu' else float16


def typename(obj):
    return type(obj).__module__ + '.' + type(obj).__name__


def numel(input):
    return input.numel()


def is_storage(obj):
    return False


def unflatten(input, dim, sizes):
    return input.unflatten(dim, sizes)


def sym_max(a, b):
    return max(a, b)


def sym_min(a, b):
    return min(a, b)


def sym_int(a):
    return int(a)


def sym_float(a):
    return float(a)
