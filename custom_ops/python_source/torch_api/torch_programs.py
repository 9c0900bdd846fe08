"""Writes small programs over tensors, with what Python computes for each: what our own evaluator must give."""

import sys

import torch

SETUP = '''
import torch
import torch.nn.functional as F
def show(x):
    if isinstance(x, torch.Tensor):
        return f'{tuple(x.shape)} {x.dtype} {x.tolist()}'
    if isinstance(x, (tuple, list)):
        return type(x).__name__ + '(' + ', '.join([show(i) for i in x]) + ')'
    return repr(x)
a = torch.arange(24).reshape(2, 3, 4)
f = a.float() / 7 - 1.5
b = f > 0
m = torch.linspace(-2, 2, 12, dtype=torch.float64).view(3, 4)
v = torch.tensor([3.0, -1.0, 2.0, 0.5])
i = torch.tensor([2, 0, 1])
s = torch.tensor(2.5)
img = torch.sin(torch.arange(2 * 3 * 6 * 6).float()).view(2, 3, 6, 6)
'''

EXPRESSIONS = '''
a + 1
1 - a
a * 2.5
2 / f
f ** 2
2 ** v
v ** 0.5
a // 3
7 // (a + 1)
a % 5
7 % (a + 1)
-a
+f
~b
~a
abs(f)
f @ f.transpose(1, 2)
v @ v
m == m.t().t()
a == 3
3 < a
a != None
a == 'x'
a & 6
a | 1
a ^ 3
b & ~b
a << 1
a >> 1
1 + s
s + True
a + s
a.int() + 1.5
a + None
a + 'x'
[1] + a
a[0]
a[-1, 2]
a[0, 1, 2]
a[0][1]
a[:, 1]
a[..., 1]
a[..., None, 1]
a[None]
a[:, None, :, -1]
a[1:, ::2, 1:-1]
a[:, 10:]
a[::-1]
a[5]
a[0, 0, 0, 0]
a[i[:2]]
a[:, i]
a[0, i, i]
a[i[:2], :, i[:2]]
a[b]
a[b[0, :, 0].unsqueeze(0).expand(2, 3)]
a[[0, 1]]
a[:, [0, 2], [1, 3]]
a[True]
a[False]
a[torch.tensor(1)]
a[torch.tensor(True)]
a[1.5]
a['x']
a[(0, 1)]
a[:, torch.tensor([True, False, True])]
v[i]
v[v > 0]
v[s > 1]
a.shape
a.shape[1:]
a.shape[-1]
a.size()
a.size(1)
a.size(-4)
a.shape == (2, 3, 4)
tuple(a.shape)
a.shape.numel()
len(a)
len(s)
[x.sum().item() for x in a]
list(v)
a.ndim
a.dim()
a.numel()
a.T.shape
m.T
a.mT
a.dtype
f.dtype == torch.float32
f.dtype is torch.float
a.device
str(a.device)
repr(a.device)
a.device.type
a.is_cuda
f.is_floating_point()
a.stride()
a.is_contiguous()
a.transpose(0, 1).is_contiguous()
a.view(6, 4)
a.view(-1)
a.view((4, 6))
a.view([4, -1])
a.view(torch.float32).dtype
a.reshape(2, -1)
a.reshape(a.shape[0], a.shape[1] * a.shape[2])
a.permute(2, 0, 1)
a.permute((2, 0, 1))
a.permute(*range(3))
a.transpose(1, 2)
a.flatten(1)
a.flatten()
torch.flatten(a, 1)
a.unsqueeze(1).shape
a.unsqueeze(1).squeeze(1).shape
a[:1].squeeze().shape
a[:1].expand(5, -1, -1).shape
v.repeat(2, 3)
v.expand(3, 4)
v.repeat_interleave(2)
torch.repeat_interleave(v, 2, dim=0)
a.sum()
a.sum(1)
a.sum(dim=(0, 2))
a.sum(1, keepdim=True)
f.mean()
f.mean(-1)
f.mean([1, 2], keepdim=True)
f.mean(axis=1)
f.std(1)
f.std(dim=1, unbiased=False)
f.var(-1, unbiased=False, keepdim=True)
f.var(1, correction=0)
f.max()
f.max(1)
f.max(1).values
f.max(1)[1]
f.max(dim=1, keepdim=True).indices
f.min(-1)[0]
torch.max(f, 2 - f)
f.argmax()
f.argmax(1)
f.argmax(dim=-1, keepdim=True)
f.sort(dim=1, descending=True)
torch.sort(v)
v.topk(2)
v.topk(2, largest=False).values
torch.topk(v, k=2)[1]
f.median()
v.cumsum(0)
torch.cumsum(a, dim=1)
v.prod()
b.any()
b.any(1)
b.all(dim=0)
v.norm()
v.norm(1)
f.norm(dim=1)
f.norm(2, -1, keepdim=True)
f.norm(p=1, dim=(0, 1))
torch.norm(f, dim=-1)
torch.norm(f, 'fro')
f.clamp(0, 1)
f.clamp(min=0)
f.clamp(max=0.25)
f.clamp_min(0.1)
f.masked_fill(b, -1e9)
f.masked_fill(b, float('-inf'))
f.masked_fill(mask=b, value=0)
torch.where(b, f, 0.0)
torch.where(b, f, -f)
torch.where(b, 1, 0)
torch.where(v > 0)
v.softmax(0)
v.softmax(dim=-1)
torch.softmax(f, dim=1)
F.softmax(f, dim=-1)
F.softmax(v, dim=0, dtype=torch.float64)
F.log_softmax(f, dim=1)
f.log_softmax(-1)
f.sigmoid()
torch.sigmoid(f)
f.tanh()
f.exp()
f.abs().log()
f.abs().sqrt()
f.abs().rsqrt()
f.sin()
f.cos()
f.erf()
f.pow(3)
f.abs().pow(0.5)
torch.pow(f, 2)
f.floor()
f.round()
f.neg()
f.sign()
f.reciprocal()
f.square()
f.add(1, alpha=2)
torch.add(f, f, alpha=3)
f.sub(f, alpha=2)
f.mul(2).div(3)
f.div(2, rounding_mode='floor')
torch.div(a, 2, rounding_mode='trunc')
f.to(torch.int64)
f.to(torch.float64)
f.to(a)
f.to('cpu') is f
f.to(f.device, torch.float64)
f.to(dtype=torch.float16)
f.to(device='cpu', dtype=torch.long)
f.double()
f.half()
a.float()
f.long()
f.int()
f.bool()
f.type(torch.float64)
f.type_as(a)
f.float() is f
f.contiguous() is f
f.clone() is f
f.detach()
f.data
f.item()
s.item()
torch.tensor(3).item()
torch.tensor(True).item()
int(s)
float(s)
bool(s)
bool(f)
f.tolist()
a.tolist()
if_else(s > 1)
torch.tensor([1, 2, 3])
torch.tensor([1.0, 2])
torch.tensor([[1, 2], [3, 4]], dtype=torch.float32)
torch.tensor([True, False])
torch.tensor(5)
torch.tensor([])
torch.tensor([[1, 2], [3]])
torch.tensor(a)
torch.tensor((1, 2.5))
torch.as_tensor([1, 2])
torch.as_tensor(f) is f
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros([2, 3], dtype=torch.int32)
torch.zeros(3, device=f.device)
torch.ones(2, 2, requires_grad=True)
torch.ones(a.shape[:2])
torch.full((2, 2), 7)
torch.full((2, 2), 7.5)
torch.full((2,), float('-inf'))
torch.full([2], fill_value=True)
torch.eye(3)
torch.arange(5)
torch.arange(1, 5)
torch.arange(1, 10, 3)
torch.arange(0, 1, 0.25)
torch.arange(5.0)
torch.arange(0, 6, 2, dtype=torch.float32)
torch.arange(end=4)
torch.linspace(0, 1, 5)
torch.linspace(0, 1, steps=3).tolist()
torch.zeros_like(f)
torch.ones_like(a, dtype=torch.float32)
torch.full_like(f, 3)
torch.empty(0)
f.new_zeros(2, 3)
f.new_zeros((2,))
f.new_ones(2)
f.new_full((2,), 3)
f.new_tensor([1, 2])
torch.cat([a, a], dim=0)
torch.cat((a, a), 1)
torch.cat([a, f], dim=-1)
torch.stack([v, v])
torch.stack((v, v), dim=1)
torch.cat(a)
torch.chunk(f, 2, dim=0)
f.chunk(2, -1)
f.split(2, dim=-1)
f.split([1, 3], dim=2)
torch.split(f, 2, 2)
torch.split(f, [1, 2], dim=1)
f.unbind(1)
torch.unbind(a)
a.tensor_split(2, dim=2)
torch.meshgrid(v, i, indexing='ij')
torch.meshgrid([i, i], indexing='xy')
torch.einsum('bij,bkj->bik', f, f)
torch.einsum('i,j->ij', v, v)
torch.einsum('...i,i->...', f, v)
torch.matmul(f, v)
torch.bmm(f, f.transpose(1, 2))
torch.mm(m, m.t())
torch.outer(v, v)
torch.dot(v, v)
torch.baddbmm(torch.zeros(2, 3, 3), f, f.transpose(1, 2), beta=0, alpha=0.5)
torch.addmm(torch.zeros(3, 3, dtype=torch.float64), m, m.t())
torch.tril(torch.ones(3, 3))
torch.triu(torch.ones(3, 3), diagonal=1)
torch.ones(3, 3).tril(-1)
torch.triu(torch.full((3, 3), float('-inf')), 1)
f.gather(1, a % 3)
f.index_select(1, i)
torch.gather(f, 2, (a % 4))
torch.zeros(3, 4).scatter(1, i.unsqueeze(1), 1.0)
torch.zeros(3, 4).scatter_(1, i.unsqueeze(1), 1)
torch.zeros(4).scatter_add(0, i, torch.ones(3))
torch.zeros(4).index_add(0, i, torch.ones(3))
f.roll(1, dims=1)
torch.roll(a, shifts=(1, -1), dims=(0, 2))
a.flip(0)
a.flip([0, 1])
torch.flip(a, dims=(2,))
f.unfold(2, 2, 1).shape
torch.unique(i)
torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
torch.bincount(i)
torch.nonzero(v > 0)
torch.isnan(f).any()
torch.allclose(f, f)
torch.equal(f, f)
torch.is_tensor(f)
torch.isin(i, torch.tensor([0, 2]))
torch.cdist(m, m)
torch.lerp(f, -f, 0.25)
torch.rsqrt(v.abs())
torch.logsumexp(f, dim=1)
torch.atan2(v, v)
torch.minimum(f, -f)
torch.count_nonzero(f > 0)
torch.fft.rfft(v).abs()
torch.linalg.norm(m)
torch.linalg.vector_norm(f, dim=-1)
torch.special.expit(v)
torch.finfo(torch.float32).min
torch.finfo(torch.float16).max
torch.finfo(f.dtype).eps
torch.iinfo(torch.int32).max
torch.iinfo(torch.int64).min
torch.float32
torch.pi
torch.inf
torch.Size([2, 3])
torch.Size((1,)) + (2,)
torch.device('cpu')
torch.device('cuda', 1)
torch.device('cuda:0').index
torch.device('nowhere')
torch.float16.is_floating_point
isinstance(f, torch.Tensor)
isinstance(f.shape, tuple)
isinstance(f.dtype, torch.dtype)
torch.is_floating_point(f)
torch.jit.is_scripting()
torch.jit.is_tracing()
torch.cuda.is_available()
torch.broadcast_shapes((2, 1), (3,))
torch.broadcast_tensors(v, v.view(4, 1))
3 in a
100 in a
f'{s:.2f}'
f'{a.shape}'
f'{a.dtype}'
F.relu(f)
F.relu(f, inplace=False)
F.gelu(f)
F.gelu(f, approximate='tanh')
F.silu(f)
F.elu(f)
F.leaky_relu(f, 0.1)
F.leaky_relu(f, negative_slope=0.2)
F.softplus(f)
F.mish(f)
F.hardswish(f)
F.hardtanh(f, -0.5, 0.5)
F.relu6(f * 5)
F.glu(f)
F.selu(f)
F.sigmoid(f)
F.tanh(f)
F.logsigmoid(f)
F.softsign(f)
F.threshold(f, 0.1, 20)
F.dropout(f, 0.5, False)
F.dropout(f, p=0.1, training=False)
F.linear(v, torch.ones(2, 4))
F.linear(f, torch.ones(2, 4), torch.tensor([1.0, 2.0]))
F.conv2d(img, torch.ones(4, 3, 3, 3) / 9)
F.conv2d(img, torch.ones(4, 3, 3, 3), padding=1, stride=2)
F.conv2d(img, torch.ones(3, 1, 3, 3), groups=3, padding='same')
F.conv1d(img[0], torch.ones(2, 3, 3), bias=torch.ones(2))
F.conv_transpose2d(img, torch.ones(3, 2, 2, 2), stride=2)
F.max_pool2d(img, 2)
F.max_pool2d(img, kernel_size=3, stride=2, padding=1)
F.max_pool2d(img, (2, 3), return_indices=True)
F.max_pool1d(img[0], 2)
F.avg_pool2d(img, 2)
F.avg_pool2d(img, 3, stride=1, padding=1, count_include_pad=False)
F.adaptive_avg_pool2d(img, 1)
F.adaptive_avg_pool2d(img, (2, None))
F.adaptive_avg_pool2d(img, (1, 1)).flatten(1)
F.adaptive_max_pool2d(img, 2)
F.adaptive_avg_pool1d(img[0], 2)
F.interpolate(img, scale_factor=2)
F.interpolate(img, size=(3, 3), mode='bilinear', align_corners=False)
F.interpolate(img, scale_factor=0.5, mode='bicubic')
F.interpolate(img, size=4, mode='area')
F.interpolate(img, scale_factor=2, mode='bilinear', align_corners=True)
F.interpolate(img[0], size=4, mode='linear')
F.interpolate(img, scale_factor=1.5, recompute_scale_factor=True)
F.interpolate(img)
F.interpolate(img, size=3, mode='linear')
F.pad(f, (1, 1))
F.pad(f, (1, 0, 2, 0), value=9)
F.pad(img, (1, 1, 1, 1), mode='reflect')
F.pad(img, [1, 1, 1, 1], 'replicate')
F.layer_norm(f, (4,))
F.layer_norm(f, f.shape[1:], eps=1e-3)
F.layer_norm(f, (4,), torch.ones(4), torch.zeros(4))
F.rms_norm(f, (4,))
F.batch_norm(img, torch.zeros(3), torch.ones(3))
F.batch_norm(img, torch.zeros(3), torch.ones(3), torch.ones(3), torch.zeros(3), False, 0.1, 1e-3)
F.batch_norm(img, None, None, training=True)
F.group_norm(img, 3)
F.instance_norm(img)
F.normalize(f)
F.normalize(f, dim=-1)
F.normalize(v, p=1, dim=0)
F.local_response_norm(img, 3)
F.cosine_similarity(f, f * 2, dim=-1)
F.pairwise_distance(f[0], f[1])
F.one_hot(i)
F.one_hot(i, num_classes=5)
F.embedding(i, m)
F.unfold(img, 3)
F.unfold(img, kernel_size=2, stride=2)
F.fold(F.unfold(img, 2, stride=2), (6, 6), 2, stride=2)
F.grid_sample(img, torch.zeros(2, 4, 4, 2), align_corners=False)
F.affine_grid(torch.eye(2, 3).unsqueeze(0), (1, 3, 2, 2), align_corners=False)
F.pixel_shuffle(torch.arange(16).float().view(1, 4, 2, 2), 2)
F.scaled_dot_product_attention(f, f, f)
F.scaled_dot_product_attention(f, f, f, is_causal=True)
F.scaled_dot_product_attention(f, f, f, attn_mask=torch.ones(3, 3, dtype=torch.bool).tril(), dropout_p=0.0)
F.cross_entropy(f[0], i)
F.cross_entropy(f[0], i, reduction='none')
F.nll_loss(F.log_softmax(f[0], 1), i)
F.mse_loss(f, f * 2)
F.l1_loss(f, f * 2, reduction='sum')
F.binary_cross_entropy(f.sigmoid(), b.float())
F.binary_cross_entropy_with_logits(f, b.float())
F.kl_div(f.log_softmax(-1), f.softmax(-1), reduction='batchmean')
F.smooth_l1_loss(f, f * 2)
torch.conv2d(img, torch.ones(1, 3, 2, 2))
torch.relu(f)
torch.tanh(f)
img.mean((2, 3))
img.mean([-2, -1])
img.flatten(2).transpose(1, 2)
img.view(2, 3, -1).max(dim=-1)[0]
img.permute(0, 2, 3, 1).reshape(2, 36, 3).sum(1)
img.unflatten(1, (3, 1)).shape
img.movedim(1, -1).shape
img.std(dim=(2, 3), keepdim=True)
torch.var_mean(img, dim=1, unbiased=False)
img.amax(dim=(1, 2))
torch.clamp(img, min=-0.5, max=0.5)
torch.rand(2, 3).shape
torch.randn(2).dtype
torch.zeros(2, 3).numel()
f.sum(1.5)
f.view(5)
f.nothing
f.add()
torch.cat([a, v])
F.linear(v, a)
F.relu('x')
f.expand(1)
f @ v[:3]
f.unsqueeze(7)
f.max(5)
'''

STATEMENTS = [
    'x = f.clone(); x += 1; r = x',
    'x = f.clone(); y = x; x += 1; r = y is x, y',
    'x = f.clone(); x *= f; x /= 2; x -= 1; r = x',
    'x = a.clone(); x //= 2; x %= 3; x **= 2; r = x',
    'x = b.clone(); x &= f < 0.5; x |= f < -1; x ^= b; r = x',
    'x = 5; x += v; r = x',
    'x = a.clone(); x[0] = 0; r = x',
    'x = a.clone(); x[:, 1] = -1; x[..., 0] = 5; r = x',
    'x = a.clone(); x[0, 1, 2] = 100; r = x',
    'x = a.clone(); x[b] = 0; r = x',
    'x = f.clone(); x[b] = f[b] * 2; r = x',
    'x = a.clone(); x[:, i] = a[:, :3]; r = x',
    'x = a.clone(); x[i[:2], 1] = torch.tensor([7, 8, 9, 10]); r = x',
    'x = a.clone(); x[0] = torch.ones(3, 4); r = x',
    'x = a.clone(); x[0] = [1]; r = x',
    'x = a.clone(); x[:] = 3; x[None] = 4; r = x',
    'x = a.clone(); x[1:, ::2] = 2.9; r = x',
    'x = a.clone(); x[0][1] = 50; r = x',
    'x = a.clone(); x[0, 0] += 10; r = x',
    'x = f.clone(); x[..., 2:] *= 2; r = x',
    'x = f.clone(); x.add_(1).mul_(2); r = x',
    'x = f.clone(); r = x.relu_() is x, x',
    'x = f.clone(); y = x.view(-1); y[0] = 42; r = x',
    'x = f.clone(); F.relu(x, inplace=True); r = x',
    'x = torch.zeros(3); x.fill_(2); x.copy_(i); r = x',
    'x = f.clone(); x.masked_fill_(b, 0); r = x',
    'x = f.clone(); x.data = v; r = x',
    'x = f.clone(); x.clamp_(min=0, max=0.5); r = x',
    'q, k = f.split(2, dim=-1); r = q + k',
    'n, c, h, w = img.shape; r = img.reshape(n, c // 3, 3, h * w).sum(2), n * c',
    'x = 0\nfor row in a:\n    x = x + row\nr = x',
    'r = []\nfor k, row in enumerate(a[0]):\n    r.append(row * k)',
    'with torch.no_grad():\n    r = f + 1',
    'with torch.inference_mode():\n    r = f + 1',
    '@torch.no_grad()\ndef g(x):\n    return x + 1\nr = g(v)',
    'def g(x, *, scale=1.0):\n    return x * scale\nr = g(v, scale=2)',
    'values, indices = f.max(dim=-1)\nr = values, indices',
    'mask = torch.ones(4, 4).tril() == 0\nr = torch.zeros(4, 4).masked_fill(mask, float("-inf")).softmax(-1)',
    'x = v\nif x.sum() > 0:\n    r = "positive"\nelse:\n    r = "negative"',
    'x = v\nwhile x.sum() < 100:\n    x = x * 2\nr = x',
    'r = max(v), min(v), sum(v)',
    'r = sorted(v.tolist())',
    'r = [t.shape for t in (a, f)]',
    'r = {"x": v * 2}["x"]',
    'r = torch.cat([t for t in f.unbind(0)], dim=0)',
    'r = torch.stack([f[k] for k in range(2)], dim=0)',
    'x = torch.empty(2, 2); x[:] = 1; r = x',
    'pe = torch.zeros(6, 4); p = torch.arange(0, 6).unsqueeze(1).float()\n'
    'd = torch.exp(torch.arange(0, 4, 2).float() * -(9.2103 / 4))\n'
    'pe[:, 0::2] = torch.sin(p * d); pe[:, 1::2] = torch.cos(p * d); r = pe',
    'torch._assert(True, "fine"); r = 1',
    'torch._assert(v.sum() < 0, "negative")',
    'torch.manual_seed(0); r = 1',
    'r = hasattr(f, "shape"), hasattr(f, "nothing"), getattr(f, "nothing", 3)',
    'r = f.shape[0] == 2 and f.shape[1:] == (3, 4) and f.shape[1:] == torch.Size([3, 4])',
    'r = f"{tuple(f.shape)} {f.shape[0]:>4}"',
    'r = type(f) is torch.Tensor, type(f.shape) is torch.Size',
    's = {f: 1}; r = f in s, s[f]',
    'r = isinstance(torch.nn.functional.relu(f), torch.Tensor)',
    'r = b.where(f.abs() > 0.5, f < 1), f.where(b, s), f.where(condition=b, other=-f)',
    'r = v.abs().polygamma(1), torch.polygamma(1, v.abs())',
    'r = f.split(split_size=2, dim=-1), f.split([1, 3], dim=2), torch.split(f, split_size_or_sections=2, dim=1)',
    'z = torch.fft.rfft(v); r = z.real ** 2 + z.imag ** 2, v.real, z.is_complex()',
    'r = v.imag',
    'r = a.type(), f.type(), b.type(), f.half().type(), f.storage_offset(), f[1].storage_offset(), f.is_leaf',
    'from torch.autograd import Variable\n'
    'x = Variable(v, requires_grad=False); r = x, isinstance(x, Variable), isinstance(v, Variable), isinstance(1, Variable)',
    'r = hasattr(f, "numpy"), hasattr(f, "storage"), hasattr(f, "new"), hasattr(f, "nothing")',
    'p = v.clone().requires_grad_(); r = p.requires_grad, v.requires_grad, p.data.requires_grad, '
    'p.requires_grad_(False).requires_grad',
    'p = torch.linspace(-1, 2, 9).view(3, 3).requires_grad_()\n'
    'x = torch.linspace(-1, 1, 45).view(3, 5, 3).transpose(0, 1); r = F.linear(x, p), F.linear(x, p.detach()), x @ p.t()',
]


def run(source):
    names = {}
    try:
        exec(SETUP + 'def if_else(x):\n    return 1 if x else 2\n' + source + '\nout = show(r)\n', names)
        return names['out']
    except Exception as error:  # the exception's class is part of the language
        return 'raises ' + type(error).__name__


def main():
    torch.set_num_threads(1)
    programs = ['r = ' + line for line in EXPRESSIONS.strip().split('\n')] + STATEMENTS
    with open(sys.argv[1], 'w') as out, torch.inference_mode():
        out.write(SETUP + 'def if_else(x):\n    return 1 if x else 2\n')
        for program in programs:
            out.write('\x01' + program + '\x02' + run(program))


main()
