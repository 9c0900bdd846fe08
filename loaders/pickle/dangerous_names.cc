#include "loaders/pickle/dangerous_names.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"

namespace loadstone::pickle {
namespace {

constexpr absl::string_view kCommands = "runs commands";
constexpr absl::string_view kCode = "runs Python code";
constexpr absl::string_view kImports = "imports modules or installs packages";
constexpr absl::string_view kFiles = "reads or writes files";
constexpr absl::string_view kNetwork = "opens network connections";
constexpr absl::string_view kPickles = "runs another pickle";
constexpr absl::string_view kCalls = "calls or reaches into whatever it is given";
constexpr absl::string_view kProcess = "controls the process or the interpreter";

struct Rule {
  absl::string_view path;
  absl::string_view danger;
};

// A module and all below it, or one dotted name and all below it. Sources: the advisories and block lists of
// picklescan, fickling and modelscan, and the modules of Python and PyTorch that do what `danger` says.
constexpr Rule kTrees[] = {
    {"IPython", kCode}, {"_aix_support", kCommands}, {"_cffi_backend", kProcess}, {"_ctypes", kProcess},
    {"_frozen_importlib", kImports}, {"_frozen_importlib_external", kImports}, {"_imp", kImports}, {"_io", kFiles},
    {"_multiprocessing", kProcess}, {"_operator.attrgetter", kCalls}, {"_operator.call", kCalls},
    {"_operator.methodcaller", kCalls}, {"_osx_support", kCommands}, {"_pickle", kPickles},
    {"_posixsubprocess", kCommands}, {"_pydev_bundle", kCode}, {"_pyio", kFiles}, {"_pyrepl", kCommands},
    {"_socket", kNetwork}, {"_sqlite3", kFiles}, {"_ssl", kNetwork}, {"_testcapi", kProcess},
    {"_testinternalcapi", kProcess}, {"_thread", kProcess}, {"_winapi", kCommands}, {"_xxsubinterpreters", kCode},
    {"aiohttp", kNetwork}, {"antigravity", kCommands}, {"asyncio", kProcess}, {"atexit", kProcess}, {"bdb", kCode},
    {"bz2", kFiles}, {"cProfile", kCode}, {"cffi", kProcess}, {"cgitb", kCode}, {"cloudpickle", kPickles},
    {"code.InteractiveConsole", kCode}, {"code.InteractiveInterpreter", kCode}, {"code.interact", kCode},
    {"codecs.open", kFiles}, {"codeop", kCode}, {"collections._eval", kCode}, {"compileall", kFiles},
    {"concurrent", kProcess}, {"contextlib.ExitStack", kCalls}, {"copyreg.add_extension", kProcess},
    {"copyreg.pickle", kProcess}, {"ctypes", kProcess}, {"ctypes.util", kCommands}, {"dataclasses._create_fn", kCode},
    {"dbm", kFiles}, {"dill", kPickles}, {"distutils", kCommands}, {"doctest", kCode}, {"ensurepip", kCommands},
    {"faulthandler", kProcess}, {"filecmp", kFiles}, {"fileinput", kFiles}, {"ftplib", kNetwork},
    {"functools.partialmethod", kCalls}, {"functools.reduce", kCalls}, {"gzip", kFiles}, {"http", kNetwork},
    {"httplib2", kNetwork}, {"httpx", kNetwork}, {"idlelib", kCode}, {"imaplib", kNetwork},
    {"imaplib.IMAP4_stream", kCommands}, {"imp", kImports}, {"importlib", kImports}, {"io", kFiles},
    {"itertools.accumulate", kCalls}, {"itertools.starmap", kCalls}, {"joblib", kPickles}, {"jsonpickle", kPickles},
    {"lib2to3", kPickles}, {"linecache", kFiles}, {"logging.FileHandler", kFiles}, {"logging.config", kImports},
    {"lzma", kFiles}, {"marshal", kPickles}, {"mmap", kProcess}, {"modulefinder", kImports},
    {"multiprocessing", kProcess}, {"nntplib", kNetwork}, {"nt", kCommands}, {"nturl2path", kFiles},
    {"numexpr", kCode}, {"numpy.ctypeslib", kProcess}, {"numpy.distutils", kCommands}, {"numpy.f2py", kCode},
    {"numpy.fromfile", kFiles}, {"numpy.genfromtxt", kFiles}, {"numpy.lib.format", kPickles},
    {"numpy.lib.npyio", kPickles}, {"numpy.load", kPickles}, {"numpy.loadtxt", kFiles}, {"numpy.save", kFiles},
    {"numpy.savetxt", kFiles}, {"numpy.savez", kFiles}, {"numpy.testing", kCode}, {"operator.attrgetter", kCalls},
    {"operator.call", kCalls}, {"operator.methodcaller", kCalls}, {"os", kCommands},
    {"pandas.core.computation", kCode}, {"pandas.eval", kCode}, {"pandas.io", kFiles},
    {"pandas.read_pickle", kPickles}, {"paramiko", kCommands}, {"pathlib", kFiles}, {"pdb", kCode},
    {"pexpect", kCommands}, {"pickle", kPickles}, {"pickletools", kPickles}, {"pip", kImports},
    {"pkg_resources", kImports}, {"pkgutil", kImports}, {"platform._syscmd_file", kCommands},
    {"platform._syscmd_ver", kCommands}, {"platform.popen", kCommands}, {"popen2", kCommands}, {"poplib", kNetwork},
    {"posix", kCommands}, {"profile.Profile", kCode}, {"profile.run", kCode}, {"profile.runctx", kCode},
    {"psutil.Popen", kCommands}, {"pty", kCommands}, {"py_compile", kFiles}, {"pydoc", kCommands},
    {"requests", kNetwork}, {"rlcompleter", kCode}, {"runpy", kCode}, {"setuptools", kCommands}, {"shelve", kPickles},
    {"shutil", kFiles}, {"signal.signal", kProcess}, {"site.addsitedir", kImports},
    {"site.execsitecustomize", kImports}, {"site.main", kImports}, {"six.moves", kImports}, {"smtplib", kNetwork},
    {"socket", kNetwork}, {"socketserver", kNetwork}, {"sqlite3", kFiles}, {"ssl", kNetwork},
    {"subprocess", kCommands}, {"sys", kProcess}, {"tarfile", kFiles}, {"telnetlib", kNetwork}, {"tempfile", kFiles},
    {"test.support", kCommands}, {"threading", kProcess}, {"timeit", kCode},
    {"torch.UntypedStorage.from_file", kFiles}, {"torch._dynamo.config.load_config", kPickles},
    {"torch._dynamo.guards.GuardBuilder", kCode}, {"torch._inductor.codecache", kCommands},
    {"torch._inductor.config.load_config", kPickles}, {"torch._inductor.cpp_builder", kCommands},
    {"torch._inductor.runtime.compile_tasks", kCode}, {"torch._ops._Ops.load_library", kProcess},
    {"torch.classes.load_library", kProcess}, {"torch.distributed.elastic", kCommands},
    {"torch.distributed.launch", kCommands}, {"torch.distributed.launcher", kCommands},
    {"torch.distributed.rpc", kCode}, {"torch.distributed.run", kCommands}, {"torch.from_file", kFiles},
    {"torch.fx.experimental.symbolic_shapes.ShapeEnv.deserialize_symexpr", kCode},
    {"torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression", kCode},
    {"torch.fx.graph_module._exec_with_source", kCode}, {"torch.fx.graph_module._forward_from_src", kCode},
    {"torch.hub", kCode}, {"torch.jit", kCode}, {"torch.load", kPickles}, {"torch.multiprocessing", kProcess},
    {"torch.ops.load_library", kProcess}, {"torch.package", kCode}, {"torch.save", kFiles},
    {"torch.serialization._legacy_load", kPickles}, {"torch.serialization._load", kPickles},
    {"torch.serialization.load", kPickles}, {"torch.serialization.save", kFiles},
    {"torch.storage.UntypedStorage.from_file", kFiles}, {"torch.utils._config_module", kPickles},
    {"torch.utils.bottleneck", kCode}, {"torch.utils.collect_env", kCommands},
    {"torch.utils.cpp_extension", kCommands}, {"torch.utils.data.datapipes.utils.decoder", kPickles},
    {"torch.utils.file_baton", kFiles}, {"trace.Trace", kCode}, {"types.CodeType", kCode},
    {"types.FunctionType", kCode}, {"types.LambdaType", kCode}, {"types.MethodType", kCode},
    {"types.new_class", kCode}, {"typing.ForwardRef._evaluate", kCode}, {"typing.get_type_hints", kCode},
    {"urllib", kNetwork}, {"urllib3", kNetwork}, {"uuid._get_command_stdout", kCommands}, {"uuid._popen", kCommands},
    {"venv", kCommands}, {"weakref.finalize", kCalls}, {"webbrowser", kCommands}, {"wsgiref", kNetwork},
    {"xmlrpc", kNetwork}, {"yaml.full_load", kCode}, {"yaml.load", kCode}, {"yaml.load_all", kCode},
    {"yaml.unsafe_load", kCode}, {"yaml.unsafe_load_all", kCode}, {"zipfile", kFiles}, {"zipimport", kImports},
};

// One module only: users name packages of their own so, and these are no packages in Python.
constexpr Rule kModules[] = {
    {"code", kCode}, {"profile", kCode}, {"trace", kCode}, {"glob", kFiles}, {"inspect", kCalls},
    {"ast", kCode}, {"site", kImports}, {"sched", kCalls}, {"gc", kProcess}, {"resource", kProcess},
};

// Data, although their module is above. With a dot at the end: all of that module.
constexpr absl::string_view kHarmless[] = {
    "torch.jit._pickle.", "urllib.parse.", "urllib.error.", "http.HTTPStatus", "http.HTTPMethod", "io.BytesIO",
    "io.StringIO", "_io.BytesIO", "_io.StringIO", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath",
    "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.PureWindowsPath", "pathlib._local.Path",
    "pathlib._local.PurePath", "pathlib._local.PosixPath", "pathlib._local.PurePosixPath",
    "pathlib._local.WindowsPath", "pathlib._local.PureWindowsPath", "joblib.numpy_pickle.NumpyArrayWrapper",
    "inspect.Parameter", "inspect.Signature", "inspect._ParameterKind", "inspect._empty", "os.stat_result",
    "sys.intern", "numpy.lib.npyio.NpzFile", "distutils.version.",
};

// Of builtins, what data may hold. The rest (eval, exec, open, __import__, setattr, ...) is dangerous.
constexpr absl::string_view kHarmlessBuiltins[] = {
    "Ellipsis", "None", "NotImplemented", "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes",
    "callable", "chr", "classmethod", "complex", "dict", "divmod", "ellipsis", "enumerate", "float", "format",
    "frozenset", "getattr", "hasattr", "hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len", "list",
    "max", "memoryview", "min", "object", "oct", "ord", "pow", "print", "property", "range", "repr", "reversed",
    "round", "set", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "zip",
};

// Reached as an attribute of any other module (`torch.serialization.os`), these are still themselves.
constexpr absl::string_view kModulesInNames[] = {
    "os", "posix", "nt", "sys", "subprocess", "builtins", "importlib", "shutil", "runpy", "socket", "ctypes",
    "pickle", "_pickle", "marshal", "pty",
};

bool Contains(absl::Span<const absl::string_view> list, absl::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// `path` is `tree` or below it.
bool IsWithin(absl::string_view path, absl::string_view tree) {
  return absl::StartsWith(path, tree) && (path.size() == tree.size() || path[tree.size()] == '.');
}

bool IsHarmlessPath(absl::string_view path) {
  return std::any_of(std::begin(kHarmless), std::end(kHarmless), [&](absl::string_view harmless) {
    return harmless.back() == '.' ? absl::StartsWith(path, harmless) : path == harmless;
  });
}

bool IsHarmlessBuiltin(absl::string_view name) {
  for (absl::string_view suffix : {"Error", "Exception", "Warning", "Exit", "Interrupt", "Iteration", "Group"}) {
    if (absl::EndsWith(name, suffix)) return true;
  }
  return Contains(kHarmlessBuiltins, name);
}

// `__globals__`, `__subclasses__`, ...: the steps from any object to the interpreter. copyreg's two are functions.
bool IsSpecialAttribute(absl::string_view part) {
  return part.size() > 4 && absl::StartsWith(part, "__") && absl::EndsWith(part, "__") && part != "__newobj__" &&
         part != "__newobj_ex__";
}

absl::string_view DangerInName(absl::string_view name) {
  for (absl::string_view part : absl::StrSplit(name, '.')) {
    if (IsSpecialAttribute(part) || Contains(kModulesInNames, part)) return kCalls;
  }
  return "";
}

absl::string_view FindRule(absl::string_view path) {
  for (const Rule& rule : kTrees) {
    if (IsWithin(path, rule.path)) return rule.danger;
  }
  return "";
}

}  // namespace

absl::string_view DangerOf(absl::string_view module, absl::string_view name) {
  if (module == "builtins") {
    const absl::string_view first = name.substr(0, name.find('.'));
    if (!IsHarmlessBuiltin(first)) return kCode;
  }
  if (absl::string_view danger = DangerInName(name); !danger.empty()) return danger;
  const std::string path = absl::StrCat(module, ".", name);
  if (IsHarmlessPath(path)) return "";
  if (absl::string_view danger = FindRule(path); !danger.empty()) return danger;
  for (const Rule& rule : kModules) {
    if (module == rule.path) return rule.danger;
  }
  return "";
}

}  // namespace loadstone::pickle
