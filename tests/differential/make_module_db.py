"""Saves every sample of PyTorch's own module database, for module_db_test.

torch.testing._internal.common_modules.module_db has, for most classes of torch.nn, constructor arguments and inputs
that PyTorch itself is tested with; more_samples and layer_samples add what it lacks. Each sample is constructed, put
in eval mode and called once, on the CPU, on one thread, without gradients. Of the dtypes that the database offers,
float32 and float64 are those that it offers for every class; the others (float16 and bfloat16 for three classes,
complex for three) are left out.

usage: make_module_db.py OUTPUT DTYPE...

OUTPUT is a sequence of records, each a list of byte strings: a little-endian uint32 count, then for each a uint64
length and the bytes. The first record is the torch version; every other one a sample, whose strings are named by
FIELDS. A string is empty where there is none; `skipped` then says why.
"""

import dataclasses
import inspect
import io
import itertools
import struct
import sys
import warnings

import torch
from torch.testing._internal.common_modules import module_db

from layer_samples import layer_module_db
from more_samples import more_module_db

FIELDS = (
    "sample",  # "nn.Linear float32 3"
    "skipped",  # why there is no module or no constructor
    "module",  # torch.save(module)
    "inputs",  # torch.save((args, kwargs)); a PackedSequence is the tuple of its fields
    "output",  # torch.save(module(*args, **kwargs))
    "print",  # str(module)
    "parameters",  # names of named_parameters(), one a line
    "buffers",  # names of named_buffers(), one a line
    "class_name",  # "torch.nn.modules.linear.Linear"
    "constructor",  # torch.save((args, kwargs)) of the constructor
    "state_dict",  # torch.save(module.state_dict())
    "state_dict_keys",  # one a line
)


def as_tuples(value):
    """A PackedSequence as the tuple of its fields."""
    if isinstance(value, (tuple, list)):
        kind = list if isinstance(value, list) else tuple
        return kind(map(as_tuples, value))
    return value


def saved(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def lines(names):
    return "".join(name + "\n" for name in names).encode()


def call(module, forward_input):
    # Fractional pooling draws random numbers in eval mode too.
    torch.manual_seed(0)
    with torch.no_grad():
        return module(*forward_input.args, **forward_input.kwargs)


def is_plain(value):
    """Whether C++ can be given this constructor argument as data: no function but one of torch's, found by name."""
    if isinstance(value, (tuple, list)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(is_plain(v) for pair in value.items() for v in pair)
    plain = (type(None), bool, int, float, str, torch.Tensor, torch.dtype, torch.device, torch.nn.Module)
    is_torch_function = inspect.isbuiltin(value) or any(value is f for f in vars(torch.nn.functional).values())
    return isinstance(value, plain) or is_torch_function or dataclasses.is_dataclass(value)


def constructor_problem(info, module, sample):
    """Why a new module with the same arguments and weights would not do, or None."""
    constructor = sample.constructor_input
    if issubclass(info.module_cls, torch.nn.modules.lazy.LazyModuleMixin):
        return "its constructor is of a lazy class"
    if not is_plain((constructor.args, constructor.kwargs)):
        return "its constructor's arguments are not plain values"
    twin = info.module_cls(*constructor.args, **constructor.kwargs).eval()
    dtypes, twin_dtypes = ([t.dtype for t in m.state_dict().values()] for m in (module, twin))
    if dtypes != twin_dtypes:
        return "its constructor's arguments make other dtypes"
    return None


def record(info, index, sample, dtype):
    constructor, forward_input = sample.constructor_input, sample.forward_input
    fields = {"sample": f"{info.name} {dtype} {index}".encode()}
    torch.manual_seed(index)
    module = info.module_cls(*constructor.args, **constructor.kwargs)
    module.to(getattr(torch, dtype)).eval()
    if isinstance(module, torch.nn.modules.lazy.LazyModuleMixin):
        call(module, forward_input)  # becomes an ordinary module
    try:
        fields["module"] = saved(module)
    except Exception as error:
        fields["skipped"] = f"cannot be saved: {type(error).__name__}: {error}".encode()
        return fields
    if forward_input is None:
        fields["skipped"] = b"has no inputs"
        return fields
    # Before the call, which may write to its inputs.
    fields["inputs"] = saved((as_tuples(forward_input.args), forward_input.kwargs))
    fields["output"] = saved(as_tuples(call(module, forward_input)))
    fields["print"] = str(module).encode()
    fields["parameters"] = lines(name for name, _ in module.named_parameters())
    fields["buffers"] = lines(name for name, _ in module.named_buffers())

    fields["class_name"] = f"{type(module).__module__}.{type(module).__qualname__}".encode()
    fields["state_dict"] = saved(module.state_dict())
    fields["state_dict_keys"] = lines(module.state_dict().keys())
    problem = constructor_problem(info, module, sample)
    if problem is None:
        fields["constructor"] = saved((constructor.args, constructor.kwargs))
    else:
        fields["skipped"] = problem.encode()
    return fields


def write(output, strings):
    output.write(struct.pack("<I", len(strings)))
    for string in strings:
        output.write(struct.pack("<Q", len(string)))
        output.write(string)


def main(path, *dtypes):
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    with open(path, "wb") as output:
        write(output, [torch.__version__.encode()])
        for info, dtype in itertools.product([*module_db, *more_module_db(), *layer_module_db()], dtypes):
            torch.manual_seed(0)
            samples = info.module_inputs_func(
                info, device="cpu", dtype=getattr(torch, dtype), requires_grad=False, training=False
            )
            for index, sample in enumerate(samples):
                fields = record(info, index, sample, dtype)
                write(output, [fields.get(name, b"") for name in FIELDS])


if __name__ == "__main__":
    main(*sys.argv[1:])
