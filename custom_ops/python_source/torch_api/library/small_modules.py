# Modules of torch of which models use a few names. A line "#: NAME" begins the module of that name.

#: torch.jit


def is_scripting():
    return False


def is_tracing():
    return False


def script(obj=None, *args, **kwargs):
    return obj


def script_if_tracing(function):
    return function


def ignore(function=None, **kwargs):
    return function if callable(function) else (lambda decorated: decorated)


def unused(function):
    return function


def export(function):
    return function


def interface(cls):
    return cls


def _overload(function):
    return function


def _overload_method(function):
    return function


def annotate(the_type, the_value):
    return the_value


class ScriptModule:
    pass


#: torch.compiler


def is_compiling():
    return False


def is_dynamo_compiling():
    return False


def is_exporting():
    return False


def disable(function=None, recursive=True, **kwargs):
    return function if function is not None else (lambda decorated: decorated)


def allow_in_graph(function):
    return function


#: torch._dynamo


def is_compiling():
    return False


def disable(function=None, recursive=True):
    return function if function is not None else (lambda decorated: decorated)


def allow_in_graph(function):
    return function


#: torch.onnx


def is_in_onnx_export():
    return False


#: torch.fx


def wrap(function):
    return function


class Proxy:
    pass


#: torch.overrides


def has_torch_function(args):
    return False


def has_torch_function_unary(arg):
    return False


def has_torch_function_variadic(*args):
    return False


#: torch.cuda
import torch._aten as aten


def is_available():
    return aten.has_cuda()


def device_count():
    return aten.cuda_device_count()


def is_bf16_supported(including_emulation=True):
    return False if not aten.has_cuda() else aten.refuse('torch.cuda.is_bf16_supported')


def manual_seed(seed):
    return None


def manual_seed_all(seed):
    return None


def empty_cache():
    return None


def synchronize(device=None):
    return None


#: torch.cuda.amp
import torch


def autocast(enabled=True, dtype=None, cache_enabled=True):
    return torch.autocast('cuda', dtype, enabled, cache_enabled)


def custom_fwd(function=None, **kwargs):
    return function if function is not None else (lambda decorated: decorated)


def custom_bwd(function=None, **kwargs):
    return function if function is not None else (lambda decorated: decorated)


#: torch.amp
import torch

autocast = torch.autocast


def custom_fwd(function=None, **kwargs):
    return function if function is not None else (lambda decorated: decorated)


def custom_bwd(function=None, **kwargs):
    return function if function is not None else (lambda decorated: decorated)


#: torch.backends

#: torch.backends.cudnn


def is_available():
    return False


enabled = True
benchmark = False
deterministic = False

#: torch.backends.cuda


def flash_sdp_enabled():
    return True


def mem_efficient_sdp_enabled():
    return True


def math_sdp_enabled():
    return True


#: torch.backends.mps


def is_available():
    return False


#: torch.utils

#: torch.utils.checkpoint


def checkpoint(function, *args, use_reentrant=None, preserve_rng_state=True, **kwargs):
    return function(*args, **kwargs)


def checkpoint_sequential(functions, segments, input, **kwargs):
    for function in functions.children() if hasattr(functions, 'children') else functions:
        input = function(input)
    return input


#: torch.autograd
import torch
from torch._aten import Variable
from torch.autograd.function import Function


def no_grad():
    return torch.no_grad()


#: torch.autograd.function


class _Saved:
    def __init__(self):
        self.saved_tensors = ()
        self.needs_input_grad = ()

    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors

    def mark_dirty(self, *tensors):
        pass

    def mark_non_differentiable(self, *tensors):
        pass

    def set_materialize_grads(self, value):
        pass


class Function:
    @classmethod
    def apply(cls, *args):
        if hasattr(cls, 'setup_context'):
            return cls.forward(*args)
        return cls.forward(_Saved(), *args)


class InplaceFunction(Function):
    pass


def once_differentiable(function):
    return function


#: torch.distributed


def is_available():
    return True


def is_initialized():
    return False


def get_rank(group=None):
    raise ValueError('Default process group has not been initialized, please make sure to call init_process_group.')


def get_world_size(group=None):
    raise ValueError('Default process group has not been initialized, please make sure to call init_process_group.')


#: torch._jit_internal


def is_scripting():
    return False


def _overload(function):
    return function


def _overload_method(function):
    return function


#: torch.nn

#: torch.types

#: torch._C


def _log_api_usage_once(event):
    return None


#: torch.nn.attention
