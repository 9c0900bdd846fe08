#include "loaders/pickle/dangerous_names.h"

#include <ostream>

#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

struct Named {
  absl::string_view module;
  absl::string_view name;
};

std::ostream& operator<<(std::ostream& out, const Named& named) { return out << named.module << " " << named.name; }

class DangerousTest : public ::testing::TestWithParam<Named> {};

TEST_P(DangerousTest, HasAReason) { EXPECT_NE(DangerOf(GetParam().module, GetParam().name), ""); }

INSTANTIATE_TEST_SUITE_P(
    Builtins, DangerousTest,
    ::testing::Values(Named{"builtins", "eval"}, Named{"builtins", "exec"}, Named{"builtins", "compile"},
                      Named{"builtins", "open"}, Named{"builtins", "__import__"}, Named{"builtins", "input"},
                      Named{"builtins", "breakpoint"}, Named{"builtins", "globals"}, Named{"builtins", "setattr"},
                      Named{"builtins", "delattr"}, Named{"builtins", "apply"}, Named{"builtins", "map"},
                      Named{"builtins", "eval.__call__"}, Named{"builtins", "object.__subclasses__"}));

INSTANTIATE_TEST_SUITE_P(
    StandardLibrary, DangerousTest,
    ::testing::Values(Named{"os", "system"}, Named{"posix", "system"}, Named{"nt", "system"}, Named{"os.path", "join"},
                      Named{"subprocess", "Popen"}, Named{"sys", "exit"}, Named{"shutil", "rmtree"},
                      Named{"importlib", "import_module"}, Named{"runpy", "_run_code"}, Named{"pty", "spawn"},
                      Named{"socket", "create_connection"}, Named{"ctypes", "CDLL"}, Named{"code", "interact"},
                      Named{"webbrowser", "open"}, Named{"pip", "main"}, Named{"timeit", "timeit"},
                      Named{"cProfile", "run"}, Named{"profile", "Profile.run"}, Named{"trace", "Trace.run"},
                      Named{"pdb", "run"}, Named{"bdb", "Bdb"}, Named{"doctest", "debug_script"},
                      Named{"pkgutil", "resolve_name"}, Named{"multiprocessing.pool", "Pool"},
                      Named{"asyncio.unix_events", "_UnixSubprocessTransport._start"}, Named{"pickle", "loads"},
                      Named{"_pickle", "loads"}, Named{"marshal", "loads"}, Named{"shelve", "open"},
                      Named{"types", "FunctionType"}, Named{"types", "CodeType"}, Named{"operator", "attrgetter"},
                      Named{"_operator", "methodcaller"}, Named{"functools", "reduce"},
                      Named{"urllib.request", "urlopen"}, Named{"http.client", "HTTPSConnection"},
                      Named{"tempfile", "mktemp"}, Named{"io", "open"}, Named{"_io", "FileIO"}, Named{"glob", "glob"},
                      Named{"uuid", "_get_command_stdout"}, Named{"lib2to3.pgen2.grammar", "Grammar.loads"},
                      Named{"idlelib.run", "Executive.runcode"}, Named{"ensurepip", "_run_pip"},
                      Named{"venv", "create"}, Named{"test.support.script_helper", "assert_python_ok"},
                      Named{"imaplib", "IMAP4_stream"}, Named{"distutils.file_util", "write_file"}));

INSTANTIATE_TEST_SUITE_P(
    Packages, DangerousTest,
    ::testing::Values(Named{"torch", "load"}, Named{"torch.serialization", "load"}, Named{"torch.hub", "load"},
                      Named{"torch.jit.unsupported_tensor_ops", "execWrapper"},
                      Named{"torch.utils.collect_env", "run"}, Named{"torch._inductor.codecache", "compile_file"},
                      Named{"torch.utils._config_module", "ConfigModule.load_config"},
                      Named{"torch._dynamo.guards", "GuardBuilder.get"},
                      Named{"torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression"},
                      Named{"torch.distributed.rpc", "rpc_sync"}, Named{"torch.package", "PackageImporter"},
                      Named{"numpy.testing._private.utils", "runstring"},
                      Named{"numpy.f2py.crackfortran", "getlincoef"}, Named{"numpy", "load"},
                      Named{"dill._dill", "_create_function"}, Named{"cloudpickle.cloudpickle", "_make_function"},
                      Named{"joblib", "load"}, Named{"requests.api", "get"}, Named{"aiohttp.client", "ClientSession"}));

INSTANTIATE_TEST_SUITE_P(
    Detours, DangerousTest,
    ::testing::Values(Named{"torch.serialization", "os.system"}, Named{"torch.serialization", "os"},
                      Named{"models.yolo", "Model.forward.__globals__"}, Named{"tests.scanner", "__dict__"},
                      Named{"six.moves.builtins", "eval"}, Named{"collections", "sys.modules"}));

class HarmlessTest : public ::testing::TestWithParam<Named> {};

TEST_P(HarmlessTest, HasNoReason) { EXPECT_EQ(DangerOf(GetParam().module, GetParam().name), ""); }

INSTANTIATE_TEST_SUITE_P(
    StandardLibrary, HarmlessTest,
    ::testing::Values(Named{"builtins", "set"}, Named{"builtins", "object"}, Named{"builtins", "getattr"},
                      Named{"builtins", "print"}, Named{"builtins", "ValueError"}, Named{"builtins", "Ellipsis"},
                      Named{"collections", "OrderedDict"}, Named{"_codecs", "encode"},
                      Named{"copyreg", "_reconstructor"}, Named{"copyreg", "__newobj__"},
                      Named{"copyreg", "__newobj_ex__"}, Named{"functools", "partial"}, Named{"datetime", "datetime"},
                      Named{"decimal", "Decimal"}, Named{"uuid", "UUID"}, Named{"random", "Random"},
                      Named{"re", "_compile"}, Named{"typing", "Any"}, Named{"enum", "Enum"},
                      Named{"types", "SimpleNamespace"}, Named{"argparse", "Namespace"},
                      Named{"pathlib", "PosixPath"}, Named{"pathlib._local", "PosixPath"}, Named{"io", "BytesIO"},
                      Named{"_operator", "getitem"}, Named{"operator", "itemgetter"}, Named{"inspect", "Signature"},
                      Named{"logging", "getLogger"}));

INSTANTIATE_TEST_SUITE_P(
    ModelsOfUsers, HarmlessTest,
    ::testing::Values(Named{"__main__", "Net"}, Named{"models.yolo", "Model"}, Named{"os_utils", "Net"},
                      Named{"code.models", "Net"}, Named{"profile.nets", "Net"}, Named{"test.models", "Net"},
                      Named{"sysnet", "Net"}, Named{"omegaconf.dictconfig", "DictConfig"},
                      Named{"torch.nn.modules.linear", "Linear"}, Named{"torch.nn.modules.linear", "Linear.extra_repr"},
                      Named{"torch._utils", "_rebuild_tensor_v2"}, Named{"torch.storage", "_load_from_bytes"},
                      Named{"torch.jit._pickle", "build_intlist"}, Named{"torch.serialization", "_get_layout"},
                      Named{"torch._C", "_VariableFunctionsClass"}, Named{"numpy.core.multiarray", "_reconstruct"},
                      Named{"numpy", "dtype"}, Named{"numpy.random._pickle", "__randomstate_ctor"},
                      Named{"skorch.callbacks.logging", "PrintLog"}));

}  // namespace
}  // namespace loadstone::pickle
