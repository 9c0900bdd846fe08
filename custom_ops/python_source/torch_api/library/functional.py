# torch.nn.functional: what Python itself computes around ATen's operators.

import torch
import torch._aten as aten


def _pair(value, count=2):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * count


def _reduction(size_average, reduce, reduction):
    if size_average is not None or reduce is not None:
        size_average = True if size_average is None else size_average
        reduce = True if reduce is None else reduce
        reduction = ('mean' if size_average else 'sum') if reduce else 'none'
    if reduction not in ('none', 'mean', 'sum'):
        raise ValueError(f'{reduction} is not a valid value for reduction')
    return ('none', 'mean', 'sum').index(reduction)


# Activations.


def relu(input, inplace=False):
    return aten.relu_(input) if inplace else aten.relu(input)


def relu6(input, inplace=False):
    return aten.relu6_(input) if inplace else aten.relu6(input)


def silu(input, inplace=False):
    return aten.silu_(input) if inplace else aten.silu(input)


def mish(input, inplace=False):
    return aten.mish_(input) if inplace else aten.mish(input)


def selu(input, inplace=False):
    return aten.selu_(input) if inplace else aten.selu(input)


def elu(input, alpha=1.0, inplace=False):
    return aten.elu_(input, alpha) if inplace else aten.elu(input, alpha)


def celu(input, alpha=1.0, inplace=False):
    return aten.celu_(input, alpha) if inplace else aten.celu(input, alpha)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    return aten.leaky_relu_(input, negative_slope) if inplace else aten.leaky_relu(input, negative_slope)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    if min_val > max_val:
        raise ValueError('min_val cannot be greater than max_val')
    return aten.hardtanh_(input, min_val, max_val) if inplace else aten.hardtanh(input, min_val, max_val)


def hardsigmoid(input, inplace=False):
    return aten.hardsigmoid_(input) if inplace else aten.hardsigmoid(input)


def hardswish(input, inplace=False):
    return aten.hardswish_(input) if inplace else aten.hardswish(input)


def threshold(input, threshold, value, inplace=False):
    return aten.threshold_(input, threshold, value) if inplace else aten.threshold(input, threshold, value)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    return (aten.rrelu_ if inplace else aten.rrelu)(input, lower, upper, training)


def glu(input, dim=-1):
    if input.dim() == 0:
        raise RuntimeError('glu does not support scalars because halving size must be even')
    return aten.glu(input, dim)


def sigmoid(input):
    return input.sigmoid()


def tanh(input):
    return input.tanh()


def softsign(input):
    return input / (input.abs() + 1)


def tanhshrink(input):
    return input - input.tanh()


def _softmax_dim(ndim):
    return 0 if ndim == 0 or ndim == 1 or ndim == 3 else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _softmax_dim(input.dim())
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    return softmax(-input, dim, _stacklevel, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _softmax_dim(input.dim())
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    noise = -aten.empty_like(logits, memory_format=torch.contiguous_format).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    chosen = aten.zeros_like(logits, memory_format=torch.contiguous_format).scatter_(dim, index, 1.0)
    return chosen - soft.detach() + soft


# Dropout: by default it drops, in eval mode too, as in Python.


def _probability(p):
    if p < 0.0 or p > 1.0:
        raise ValueError(f'dropout probability has to be between 0 and 1, but got {p}')


def dropout(input, p=0.5, training=True, inplace=False):
    _probability(p)
    if not training:
        return input
    return aten.dropout_(input, p, training) if inplace else aten.dropout(input, p, training)


def dropout1d(input, p=0.5, training=True, inplace=False):
    return _feature_dropout(input, p, training, inplace, (2, 3), 2)


def dropout2d(input, p=0.5, training=True, inplace=False):
    return _feature_dropout(input, p, training, inplace, (3, 4), None)


def dropout3d(input, p=0.5, training=True, inplace=False):
    return _feature_dropout(input, p, training, inplace, (4, 5), 4)


def _feature_dropout(input, p, training, inplace, dims, batched_from):
    _probability(p)
    if not training:
        return input
    unbatched = input.dim() == batched_from
    if unbatched:
        input = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = aten.feature_dropout_(input, p, training) if inplace else aten.feature_dropout(input, p, training)
    if unbatched:
        result = result.squeeze_(0) if inplace else result.squeeze(0)
    return result


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    _probability(p)
    return (aten.alpha_dropout_ if inplace else aten.alpha_dropout)(input, p, training)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    _probability(p)
    return (aten.feature_alpha_dropout_ if inplace else aten.feature_alpha_dropout)(input, p, training)


# Norms.


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    return aten.layer_norm(input, normalized_shape, weight, bias, eps, True)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    return aten.rms_norm(input, normalized_shape, weight, eps)


def _check_batch(size):
    count = size[0]
    for i in range(2, len(size)):
        count *= size[i]
    if count == 1:
        raise ValueError(f'Expected more than 1 value per channel when training, got input size {tuple(size)}')


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if training:
        _check_batch(input.size())
    return aten.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, True)


def instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True,
                  momentum=0.1, eps=1e-5):
    if use_input_stats:
        spatial = 1
        for size in input.size()[2:]:
            spatial *= size
        if spatial == 1:
            raise ValueError('Expected more than 1 spatial element when training, '
                             f'got input size {tuple(input.size())}')
    return aten.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    if input.dim() < 2:
        raise RuntimeError(f'Expected at least 2 dimensions for input tensor but received {input.dim()}')
    size = list(input.size())
    _check_batch([size[0] * size[1] // num_groups, num_groups] + size[2:])
    return aten.group_norm(input, num_groups, weight, bias, eps, True)


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    dim = input.dim()
    if dim < 3:
        raise ValueError(f'Expected 3D or higher dimensionality input (got {dim} dimensions)')
    if input.numel() == 0:
        return input
    squares = input.mul(input)
    if dim == 3:
        squares = pad(squares.unsqueeze(1), (0, 0, size // 2, (size - 1) // 2))
        squares = aten.avg_pool2d(squares, (size, 1), stride=1).squeeze(1)
    else:
        shape = input.size()
        squares = squares.view(shape[0], 1, shape[1], shape[2], -1)
        squares = pad(squares, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        squares = aten.avg_pool3d(squares, (size, 1, 1), stride=1).squeeze(1).view(shape)
    return input / squares.mul(alpha).add(k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    if out is not None:
        aten.refuse('normalize with out=')
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


# Pools.


def _max_pool(with_indices, plain, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    stride = [] if stride is None else stride
    return (with_indices if return_indices else plain)(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    return _max_pool(aten.max_pool1d_with_indices, aten.max_pool1d, input, kernel_size, stride, padding, dilation,
                     ceil_mode, return_indices)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    return _max_pool(aten.max_pool2d_with_indices, aten.max_pool2d, input, kernel_size, stride, padding, dilation,
                     ceil_mode, return_indices)


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    return _max_pool(aten.max_pool3d_with_indices, aten.max_pool3d, input, kernel_size, stride, padding, dilation,
                     ceil_mode, return_indices)


def max_pool1d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
                            return_indices=False):
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
                            return_indices=False):
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
                            return_indices=False):
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def _output_size(output_size, input):
    if not isinstance(output_size, (list, tuple)):
        return output_size
    size = input.size()
    if len(size) <= len(output_size):
        raise ValueError(f'Input dimension should be at least {len(output_size) + 1}')
    return [v if v is not None else d for v, d in zip(output_size, size[-len(output_size):])]


def adaptive_avg_pool2d(input, output_size):
    return aten.adaptive_avg_pool2d(input, _output_size(output_size, input))


def adaptive_avg_pool3d(input, output_size):
    return aten.adaptive_avg_pool3d(input, _output_size(output_size, input))


def adaptive_max_pool1d(input, output_size, return_indices=False):
    result = aten.adaptive_max_pool1d(input, output_size)
    return result if return_indices else result[0]


def adaptive_max_pool2d(input, output_size, return_indices=False):
    result = aten.adaptive_max_pool2d(input, _output_size(output_size, input))
    return result if return_indices else result[0]


def adaptive_max_pool3d(input, output_size, return_indices=False):
    result = aten.adaptive_max_pool3d(input, _output_size(output_size, input))
    return result if return_indices else result[0]


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    if norm_type in (float('inf'), -float('inf')):
        aten.refuse('lp_pool1d with an infinite norm')
    out = aten.avg_pool1d(input.pow(norm_type), kernel_size, [] if stride is None else stride, 0, ceil_mode)
    return (torch.sign(out) * relu(torch.abs(out))).mul(kernel_size).pow(1.0 / norm_type)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    if norm_type in (float('inf'), -float('inf')):
        aten.refuse('lp_pool2d with an infinite norm')
    height, width = _pair(kernel_size)
    out = aten.avg_pool2d(input.pow(norm_type), kernel_size, [] if stride is None else stride, 0, ceil_mode)
    return (torch.sign(out) * relu(torch.abs(out))).mul(height * width).pow(1.0 / norm_type)


# Shapes and sampling.


def pad(input, pad, mode='constant', value=None):
    return aten.pad(input, pad, mode, value)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    return aten.col2im(input, _pair(output_size), _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    return aten.im2col(input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def grid_sample(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None):
    modes = ('bilinear', 'nearest', 'bicubic')
    paddings = ('zeros', 'border', 'reflection')
    if mode not in modes:
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be one of {modes}, but got: '{mode}'")
    if padding_mode not in paddings:
        raise ValueError(f"nn.functional.grid_sample(): expected padding_mode to be one of {paddings}, "
                         f"but got: '{padding_mode}'")
    return aten.grid_sampler(input, grid, modes.index(mode), paddings.index(padding_mode), bool(align_corners))


def affine_grid(theta, size, align_corners=None):
    if not theta.is_floating_point():
        raise ValueError(f'Expected theta to have floating point type, but got {theta.dtype}')
    if len(size) == 4 and (theta.dim() != 3 or theta.shape[-2] != 2 or theta.shape[-1] != 3):
        raise ValueError(f'Expected a batch of 2D affine matrices of shape Nx2x3 for size {size}.')
    if len(size) == 5 and (theta.dim() != 3 or theta.shape[-2] != 3 or theta.shape[-1] != 4):
        raise ValueError(f'Expected a batch of 3D affine matrices of shape Nx3x4 for size {size}.')
    if min(size) <= 0:
        raise ValueError(f'Expected non-zero, positive output size. Got {size}')
    return aten.affine_grid_generator(theta, size, bool(align_corners))


def interpolate(input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None,
                antialias=False):
    if mode in ('nearest', 'area', 'nearest-exact'):
        if align_corners is not None:
            raise ValueError('align_corners option can only be set with the interpolating modes: '
                             'linear | bilinear | bicubic | trilinear')
    elif align_corners is None:
        align_corners = False
    dim = input.dim() - 2
    if size is not None and scale_factor is not None:
        raise ValueError('only one of size or scale_factor should be defined')
    if size is None and scale_factor is None:
        raise ValueError('either size or scale_factor should be defined')
    output_size = scale_factors = None
    if size is not None:
        output_size = size if isinstance(size, (list, tuple)) else [size] * dim
        if len(output_size) != dim:
            raise ValueError('Input and output must have the same number of spatial dimensions')
    else:
        scale_factors = scale_factor if isinstance(scale_factor, (list, tuple)) else [scale_factor] * dim
        if len(scale_factors) != dim:
            raise ValueError('Input and scale_factor must have the same number of spatial dimensions')
    if recompute_scale_factor and size is not None:
        raise ValueError('recompute_scale_factor is not meaningful with an explicit size.')
    if mode == 'area' and output_size is None:
        recompute_scale_factor = True
    if recompute_scale_factor:
        output_size = [int(input.size(i + 2) * scale_factors[i]) for i in range(dim)]
        scale_factors = None
    if antialias and not (mode in ('bilinear', 'bicubic') and input.ndim == 4):
        raise ValueError('Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as '
                         'input')
    if mode == 'area' and dim in (1, 2, 3):
        return (aten.adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dim - 1](input, output_size)
    if mode == 'nearest' and dim in (1, 2, 3):
        return (aten.upsample_nearest1d, aten.upsample_nearest2d, aten.upsample_nearest3d)[dim - 1](
            input, output_size, scale_factors)
    if mode == 'nearest-exact' and dim in (1, 2, 3):
        resample = (aten._upsample_nearest_exact1d, aten._upsample_nearest_exact2d, aten._upsample_nearest_exact3d)
        return resample[dim - 1](input, output_size, scale_factors)
    if mode == 'linear' and dim == 1:
        return aten.upsample_linear1d(input, output_size, align_corners, scale_factors)
    if mode == 'bilinear' and dim == 2:
        resample = aten._upsample_bilinear2d_aa if antialias else aten.upsample_bilinear2d
        return resample(input, output_size, align_corners, scale_factors)
    if mode == 'bicubic' and dim == 2:
        resample = aten._upsample_bicubic2d_aa if antialias else aten.upsample_bicubic2d
        return resample(input, output_size, align_corners, scale_factors)
    if mode == 'trilinear' and dim == 3:
        return aten.upsample_trilinear3d(input, output_size, align_corners, scale_factors)
    raise NotImplementedError(f'Got {input.dim()}D input and the mode {mode}, which do not fit')


def upsample(input, size=None, scale_factor=None, mode='nearest', align_corners=None):
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, mode='nearest')


def upsample_bilinear(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, mode='bilinear', align_corners=True)


# Embeddings.


def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    if max_norm is not None:
        aten.refuse('embedding with max_norm, which changes the weight')
    if padding_idx is None:
        padding_idx = -1
    elif padding_idx > 0 and padding_idx >= weight.size(0):
        raise AssertionError('Padding_idx must be within num_embeddings')
    elif padding_idx < 0:
        if padding_idx < -weight.size(0):
            raise AssertionError('Padding_idx must be within num_embeddings')
        padding_idx += weight.size(0)
    return aten.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)


# Losses.


def mse_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None):
    if weight is not None:
        aten.refuse('mse_loss with weight')
    how = _reduction(size_average, reduce, reduction)
    return aten.mse_loss(*aten.broadcast_tensors([input, target]), how)


def l1_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None):
    if weight is not None:
        aten.refuse('l1_loss with weight')
    how = _reduction(size_average, reduce, reduction)
    return aten.l1_loss(*aten.broadcast_tensors([input, target]), how)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0):
    how = _reduction(size_average, reduce, reduction)
    input, target = aten.broadcast_tensors([input, target])
    return aten.l1_loss(input, target, how) if beta == 0.0 else aten.smooth_l1_loss(input, target, how, beta)


def _nll_loss(input, target, weight, reduction, ignore_index):
    if input.dim() in (1, 2):
        return aten.nll_loss(input, target, weight, reduction, ignore_index)
    if input.dim() == 4:
        return aten.nll_loss2d(input, target, weight, reduction, ignore_index)
    return aten.refuse('nll_loss of 3 or more than 4 dimensions')


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'):
    return _nll_loss(input, target, weight, _reduction(size_average, reduce, reduction), ignore_index)


def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean',
                  label_smoothing=0.0):
    return aten.cross_entropy_loss(input, target, weight, _reduction(size_average, reduce, reduction), ignore_index,
                                   label_smoothing)


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean'):
    how = _reduction(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(f'Using a target size ({target.size()}) that is different to the input size ({input.size()}) '
                         'is deprecated. Please ensure they have the same size.')
    if weight is not None:
        weight = weight.expand(torch.broadcast_shapes(weight.shape, input.shape))
    return aten.binary_cross_entropy(input, target, weight, how)


def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean',
                                     pos_weight=None):
    how = _reduction(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(f'Target size ({target.size()}) must be the same as input size ({input.size()})')
    return aten.binary_cross_entropy_with_logits(input, target, weight, pos_weight, how)


def kl_div(input, target, size_average=None, reduce=None, reduction='mean', log_target=False):
    if reduction == 'batchmean' and size_average is None and reduce is None:
        return aten.kl_div(input, target, 2, log_target=log_target) / input.size()[0]
    return aten.kl_div(input, target, _reduction(size_average, reduce, reduction), log_target=log_target)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean'):
    return aten.cosine_embedding_loss(input1, input2, target, margin, _reduction(size_average, reduce, reduction))


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction='mean'):
    how = _reduction(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f'margin must be greater than 0, got {margin}')
    return aten.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, how)


# ATen's own, under the names that Python has here.

adaptive_avg_pool1d = aten.adaptive_avg_pool1d
avg_pool1d = aten.avg_pool1d
avg_pool2d = aten.avg_pool2d
avg_pool3d = aten.avg_pool3d
bilinear = aten.bilinear
celu_ = aten.celu_
channel_shuffle = aten.channel_shuffle
conv1d = aten.conv1d
conv2d = aten.conv2d
conv3d = aten.conv3d
conv_tbc = aten.conv_tbc
conv_transpose1d = aten.conv_transpose1d
conv_transpose2d = aten.conv_transpose2d
conv_transpose3d = aten.conv_transpose3d
cosine_similarity = aten.cosine_similarity
elu_ = aten.elu_
gelu = aten.gelu
hardshrink = aten.hardshrink
hardtanh_ = aten.hardtanh_
leaky_relu_ = aten.leaky_relu_
linear = aten.linear
logsigmoid = aten.log_sigmoid
native_channel_shuffle = aten.native_channel_shuffle
one_hot = aten.one_hot
pairwise_distance = aten.pairwise_distance
pdist = aten.pdist
pixel_shuffle = aten.pixel_shuffle
pixel_unshuffle = aten.pixel_unshuffle
prelu = aten.prelu
relu_ = aten.relu_
rrelu_ = aten.rrelu_
scaled_dot_product_attention = aten.scaled_dot_product_attention
selu_ = aten.selu_
softplus = aten.softplus
softshrink = aten.softshrink
threshold_ = aten.threshold_
