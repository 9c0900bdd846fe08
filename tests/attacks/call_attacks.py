"""Files whose pickle calls what runs commands, code or another pickle."""

from __future__ import annotations

import os
import pickle
import zlib

import containers
from pickles import CANARY_COMMAND, PROTO, STOP, attribute, call, call_forms, name, val

REFUSED = "PERMISSION_DENIED"
SYSTEM = ("posix", "system", val(CANARY_COMMAND))
PYTHON = f"__import__('os').system('{CANARY_COMMAND}')"

# Module, name and the opcodes of the arguments.
TARGETS = [
    ("os", "system", val(CANARY_COMMAND)),
    SYSTEM,
    ("nt", "system", val(CANARY_COMMAND)),
    ("os", "popen", val(CANARY_COMMAND)),
    ("os", "execvp", val("touch"), val(["touch", "loadstone_canary"])),
    ("os", "putenv", val("LOADSTONE_CANARY"), val("1")),
    ("os", "remove", val("model.pth")),
    ("subprocess", "Popen", val(["touch", "loadstone_canary"])),
    ("subprocess", "check_output", val(["touch", "loadstone_canary"])),
    ("subprocess", "getoutput", val(CANARY_COMMAND)),
    ("builtins", "eval", val(PYTHON)),
    ("builtins", "exec", val(PYTHON)),
    ("__builtin__", "eval", val(PYTHON)),
    ("__builtin__", "execfile", val("attack.py")),
    ("builtins", "compile", val(PYTHON), val("x"), val("exec")),
    ("builtins", "open", val("loadstone_canary"), val("w")),
    ("builtins", "__import__", val("attack")),
    ("builtins", "setattr", val("a"), val("b"), val("c")),
    ("builtins", "delattr", val("a"), val("b")),
    ("builtins", "globals"),
    ("builtins", "locals"),
    ("builtins", "vars"),
    ("builtins", "breakpoint"),
    ("builtins", "input"),
    ("builtins", "getattr.__self__.eval", val(PYTHON)),
    ("importlib", "import_module", val("attack")),
    ("runpy", "run_path", val("attack.py")),
    ("runpy", "run_module", val("attack")),
    ("runpy", "_run_code", val(PYTHON), val({})),
    ("pty", "spawn", val(CANARY_COMMAND)),
    ("ctypes", "CDLL", val("attack.so")),
    ("socket", "create_connection", val(("localhost", 9))),
    ("shutil", "rmtree", val("loadstone_no_such_folder")),
    ("pickle", "loads", val(b"cos\nsystem\n.")),
    ("_pickle", "loads", val(b"cos\nsystem\n.")),
    ("marshal", "loads", val(b"N")),
    ("webbrowser", "open", val("file:///")),
    ("code", "InteractiveInterpreter"),
    ("bdb", "Bdb"),
    ("pdb", "run", val(PYTHON)),
    ("timeit", "timeit", val(PYTHON)),
    ("cProfile", "run", val(PYTHON)),
    ("pydoc", "pipepager", val(""), val(CANARY_COMMAND)),
    ("asyncio.unix_events", "_UnixSubprocessTransport._start"),
    ("ensurepip", "_run_pip", val(["install", "attack"])),
    ("pip", "main", val(["install", "attack"])),
    ("idlelib.autocomplete", "AutoComplete.get_entity", val(PYTHON)),
    ("lib2to3.pgen2.grammar", "Grammar.loadgrammar", val("attack")),
    ("sys", "setrecursionlimit", val(1 << 30)),
    ("operator", "attrgetter", val("system")),
    ("operator", "methodcaller", val("system"), val(CANARY_COMMAND)),
    ("_operator", "attrgetter", val("system")),
    ("functools", "reduce", val(1), val([1, 2])),
    ("itertools", "starmap", val(1), val([1])),
    ("types", "FunctionType", val(1), val({})),
    ("types", "CodeType", val(0)),
    ("numpy", "load", val("attack.npy")),
    ("numpy", "fromfile", val("attack")),
    ("numpy.testing._private.utils", "runstring", val(PYTHON), val({})),
    ("numpy.f2py.crackfortran", "getlincoef", val(PYTHON), val({})),
    ("numpy.distutils.exec_command", "exec_command", val(CANARY_COMMAND)),
    ("torch", "load", val("attack.pth")),
    ("torch.serialization", "load", val("attack.pth")),
    ("torch.serialization", "os.system", val(CANARY_COMMAND)),
    ("torch.hub", "load", val("attack/attack"), val("attack")),
    ("torch.jit", "load", val("attack.pt")),
    ("torch.ops", "load_library", val("attack.so")),
    ("torch.utils.collect_env", "run", val(CANARY_COMMAND)),
    ("torch.utils._config_module", "ConfigModule.load_config", val(b"cos\nsystem\n.")),
    ("torch.utils.bottleneck.__main__", "run_cprofile", val(PYTHON), val({})),
    ("torch._dynamo.guards", "GuardBuilder.get", val(PYTHON)),
    ("torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression", val(PYTHON)),
    ("torch.distributed.rpc", "rpc_sync", val("worker")),
    ("torch.package", "PackageImporter", val("attack.pt")),
]  # fmt: skip


class Reduced:
    """Pickles as a call of `function`."""

    def __init__(self, function, *arguments) -> None:
        self.parts = function, arguments

    def __reduce__(self):
        return self.parts


def reduced(protocol: int) -> bytes:
    return pickle.dumps({"weights": [1.0], "extra": Reduced(os.system, CANARY_COMMAND)}, protocol)


def broken(end: bytes) -> bytes:
    """Runs its command, then fails: Python's reader has no way back."""
    return PROTO + call_forms(*SYSTEM)["global"] + end


def live() -> dict[str, bytes]:
    """What Python runs as it stands."""
    forms = call_forms(*SYSTEM)
    found = {form: PROTO + forms[form] + STOP for form in ("global", "stack_global", "inst", "obj")}
    found |= {f"reduce {protocol}": reduced(protocol) for protocol in range(6)}
    found["broken"] = broken(b"\xff")
    found["getattr"] = PROTO + getattr_chain() + STOP
    found["reduce chain"] = reduce_chain()
    return found


def getattr_chain() -> bytes:
    """getattr(getattr(print, '__self__'), 'eval')(...): dangerous without one dangerous name."""
    inner = call(name("builtins", "getattr"), name("builtins", "print"), val("__self__"))
    return call(call(name("builtins", "getattr"), inner, val("eval")), val(PYTHON))


def reduce_chain() -> bytes:
    """The function is an attribute of what an import returned."""
    function = call(name("operator", "attrgetter"), val("system"))
    system = call(function, call(name("importlib", "import_module"), val("os")))
    return PROTO + call(system, val(CANARY_COMMAND)) + STOP


def add_to(attacks) -> None:
    for module, attribute_name, *arguments in TARGETS:
        for form, opcodes in call_forms(module, attribute_name, *arguments).items():
            attacks.add(f"call/{module}.{attribute_name}.{form}.pth", containers.in_zip(PROTO + opcodes + STOP), REFUSED,
                        attribute_name.split(".")[-1])  # fmt: skip
    for form, opcodes in call_forms(*SYSTEM).items():
        pickled = PROTO + opcodes + STOP
        attacks.add(f"call/legacy.{form}.pth", containers.in_legacy(pickled), REFUSED, "posix.system", "runs commands")
        attacks.add(f"call/tar.{form}.pth", containers.in_tar(pickled), REFUSED, "posix.system", "runs commands")
        attacks.add(f"call/in_module.{form}.pth", containers.in_zip(attribute(opcodes)), REFUSED, "posix.system")
    for protocol in range(6):
        attacks.add(f"reduce/protocol{protocol}.pth", containers.in_zip(reduced(protocol)), REFUSED, "system")
    for size, opcode in ((1, b"\x82\x01"), (2, b"\x83\x01\x01"), (4, b"\x84\x01\x01\x01\x01")):
        attacks.add(f"reduce/ext{size}.pth", containers.in_zip(PROTO + opcode + b")R."), "UNIMPLEMENTED", "extension")
    # `getattr` alone is data: functions of torch are saved so. Its call is a record that nobody makes.
    attacks.add("reduce/getattr.pth", containers.in_zip(attribute(getattr_chain())), "OK")
    attacks.add("reduce/getattr_only.pth", containers.in_zip(PROTO + getattr_chain() + STOP), "INVALID_ARGUMENT")
    attacks.add("reduce/chain.pth", containers.in_zip(reduce_chain()), REFUSED, "attrgetter")
    attacks.add("reduce/partial.pth", containers.in_zip(attribute(
        call(name("functools", "partial"), name("posix", "system"), val(CANARY_COMMAND)))), REFUSED, "system")
    attacks.add("reduce/user_class.pth", containers.in_zip(attribute(
        call(name("attack.module", "run"), val(CANARY_COMMAND)))), "OK")
    attacks.add("reduce/pickle_in_pickle.pth", containers.in_zip(attribute(val(reduced(2)))), "OK")
    attacks.add("reduce/unicode_name.pth", containers.in_zip(PROTO + call(
        "cposix\nsуstem\n".encode(), val(CANARY_COMMAND)) + STOP), REFUSED, "posix")  # a Cyrillic letter
    add_streams(attacks)


def add_streams(attacks) -> None:
    """Where a stream has more pickles than one, and streams that run before they fail."""
    attack = PROTO + call_forms(*SYSTEM)["global"] + STOP
    for end, what in ((b"", "cut"), (b"\xff", "opcode"), (b"u", "stack"), (b"\x8c\xffabc", "text"), (b"0h\x07.", "memo")):
        attacks.add(f"stream/broken_{what}.pth", containers.in_zip(broken(end)), REFUSED, "posix.system")
    harmless = PROTO + val({"a": 1}) + STOP
    attacks.add("stream/after_stop.pth", containers.in_zip(harmless + attack), "DATA_LOSS", "ends at byte")
    attacks.add("stream/after_legacy_object.pth", containers.in_legacy(harmless + attack), REFUSED, "posix.system")
    # CVE-2025-32434: what looked at one pickle of the file, while torch.load ran another.
    for part in ("sys_info", "keys"):
        attacks.add(f"stream/legacy_{part}.pth", containers.in_legacy(harmless, **{part: attack}), REFUSED, "posix.system")
    attacks.add("stream/legacy_protocol.pth", containers.in_legacy(harmless, protocol=attack), REFUSED, "posix.system")
    attacks.add("stream/legacy_magic.pth", containers.in_legacy(harmless, magic=attack), "INVALID_ARGUMENT", "bare pickle")
    # Nothing in there is needed, so it is not read.
    attacks.add("stream/tar_sys_info.pth", containers.in_tar(harmless, sys_info=attack), "INVALID_ARGUMENT")
    for part in ("tensors", "storages"):
        attacks.add(f"stream/tar_{part}.pth", containers.in_tar(harmless, **{part: attack}), REFUSED, "posix.system")
    attacks.add("stream/bare_pickle.pkl", attack, "INVALID_ARGUMENT")
    attacks.add("stream/compressed.pkl", zlib.compress(attack), "INVALID_ARGUMENT")
