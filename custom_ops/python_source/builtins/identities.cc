// Modules whose functions do nothing here, and those that can be imported but not used.

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

Value Nothing(Evaluator& evaluator, Args args) { return Value::None(); }
Value First(Evaluator& evaluator, Args args) { return args[0]; }
Value False(Evaluator& evaluator, Args args) { return Value::Bool(false); }

// Its import works, since library files import at their top what their models do not use. A use of it is refused.
struct UnusableModule : ModuleObject {
  explicit UnusableModule(std::string module_name) : ModuleObject(std::move(module_name)) { partial = true; }
  Value Missing(Evaluator& evaluator, StrObject* attribute) override {
    const absl::string_view wanted = attribute->text();
    if (wanted == "__name__") return evaluator.Text(name);
    return evaluator.Refuse(absl::StrCat(name, ".", wanted));
  }
};

constexpr const char* kUnusable[] = {"argparse",
                                     "array",
                                     "ast",
                                     "asyncio",
                                     "atexit",
                                     "base64",
                                     "bisect",
                                     "bz2",
                                     "calendar",
                                     "cmath",
                                     "codecs",
                                     "concurrent",
                                     "concurrent.futures",
                                     "configparser",
                                     "contextvars",
                                     "csv",
                                     "ctypes",
                                     "datetime",
                                     "decimal",
                                     "difflib",
                                     "dis",
                                     "errno",
                                     "fnmatch",
                                     "fractions",
                                     "gc",
                                     "getpass",
                                     "glob",
                                     "gzip",
                                     "hashlib",
                                     "heapq",
                                     "html",
                                     "http",
                                     "importlib",
                                     "importlib.metadata",
                                     "importlib.util",
                                     "inspect",
                                     "io",
                                     "json",
                                     "keyword",
                                     "linecache",
                                     "locale",
                                     "lzma",
                                     "mmap",
                                     "multiprocessing",
                                     "numpy",
                                     "numpy.linalg",
                                     "numpy.random",
                                     "numpy.typing",
                                     "os",
                                     "os.path",
                                     "pathlib",
                                     "pdb",
                                     "pickle",
                                     "pkgutil",
                                     "platform",
                                     "pprint",
                                     "queue",
                                     "random",
                                     "re",
                                     "resource",
                                     "sched",
                                     "secrets",
                                     "select",
                                     "shelve",
                                     "shlex",
                                     "shutil",
                                     "signal",
                                     "socket",
                                     "sqlite3",
                                     "ssl",
                                     "stat",
                                     "statistics",
                                     "string",
                                     "struct",
                                     "subprocess",
                                     "symtable",
                                     "tarfile",
                                     "tempfile",
                                     "textwrap",
                                     "threading",
                                     "time",
                                     "timeit",
                                     "tokenize",
                                     "traceback",
                                     "types",
                                     "unicodedata",
                                     "unittest",
                                     "urllib",
                                     "urllib.error",
                                     "urllib.parse",
                                     "urllib.request",
                                     "uuid",
                                     "weakref",
                                     "xml",
                                     "xml.etree",
                                     "xml.etree.ElementTree",
                                     "zipfile",
                                     "zlib"};

void InstallAbc(World& world) {
  ModuleObject* module = NewModule(world, "abc");
  ClassObject* meta = world.NewClass("abc", "ABCMeta");
  meta->derivable = false;
  SetName(world, module, "ABCMeta", Value(meta));
  SetName(world, module, "ABC", Value(world.NewClass("abc", "ABC")));
  const NativeEntry functions[] = {{"abstractmethod", "funcobj", First}};
  AddFunctions(world, module, functions);
  SetName(world, module, "abstractproperty", Value(world.ClassOf(Kind::kProperty)));
}

void InstallWarnings(World& world) {
  ModuleObject* module = NewModule(world, "warnings");
  const NativeEntry functions[] = {
      {"warn", "message, category=, stacklevel=, source=", Nothing},
      {"filterwarnings", "action, message=, category=, module=, lineno=, append=", Nothing},
      {"simplefilter", "action, category=, lineno=, append=", Nothing},
      {"resetwarnings", "", Nothing},
  };
  AddFunctions(world, module, functions);
  ClassObject* catching = world.NewClass("warnings", "catch_warnings");
  catching->derivable = false;
  catching->make = world.object_class()->make;
  const NativeEntry methods[] = {
      // With record=True Python gives a list of the warnings.
      {"__init__", "self, *, record=, module=, action=, category=, lineno=, append=",
       [](Evaluator& e, Args args) {
         const int record = args[1] ? e.Truth(args[1]) : 0;
         if (record == 1) return e.Refuse("catch_warnings(record=True)");
         return NoneIf(record == 0);
       }},
      {"__enter__", "self, /", Nothing},
      {"__exit__", "self, cls, error, traceback, /", Nothing},
  };
  AddMethods(world, catching, methods);
  SetName(world, module, "catch_warnings", Value(catching));
}

void InstallLogging(World& world) {
  ModuleObject* module = NewModule(world, "logging");
  ClassObject* logger = world.NewClass("logging", "Logger");
  logger->derivable = false;
  logger->make = nullptr;
  const NativeEntry methods[] = {
      {"debug", "self, msg, *args, **kwargs", Nothing},
      {"info", "self, msg, *args, **kwargs", Nothing},
      {"warning", "self, msg, *args, **kwargs", Nothing},
      {"warn", "self, msg, *args, **kwargs", Nothing},
      {"error", "self, msg, *args, **kwargs", Nothing},
      {"critical", "self, msg, *args, **kwargs", Nothing},
      {"exception", "self, msg, *args, **kwargs", Nothing},
      {"log", "self, level, msg, *args, **kwargs", Nothing},
      {"setLevel", "self, level", Nothing},
      {"addHandler", "self, hdlr", Nothing},
      {"isEnabledFor", "self, level", False},
  };
  AddMethods(world, logger, methods);
  SetName(world, module, " logger", Value(logger));
  const NativeEntry functions[] = {
      {"getLogger", "name=",
       [](Evaluator& e, Args args) {
         auto* cls = e.world().FindModule("logging")->names.FindName(e.Intern(" logger"))->As<ClassObject>();
         return Value(e.heap().New<InstanceObject>(cls));
       }},
      {"basicConfig", "**kwargs", Nothing},
      {"debug", "msg, *args, **kwargs", Nothing},
      {"info", "msg, *args, **kwargs", Nothing},
      {"warning", "msg, *args, **kwargs", Nothing},
      {"error", "msg, *args, **kwargs", Nothing},
      {"critical", "msg, *args, **kwargs", Nothing},
  };
  AddFunctions(world, module, functions);
  SetName(world, module, "Logger", Value(logger));
  const std::pair<const char*, int> levels[] = {
      {"DEBUG", 10}, {"INFO", 20}, {"WARNING", 30}, {"ERROR", 40}, {"CRITICAL", 50}};
  for (const auto& [name, level] : levels) SetName(world, module, name, Value::Int(level));
}

// bool and IntEnum are ints too.
bool IsIntegral(const ClassObject* cls) {
  return absl::c_any_of(cls->mro, [](const ClassObject* base) {
    return base->native && ((base->module_name == "builtins" && base->name == "int") ||
                            (base->module_name == "enum" && base->name == "IntEnum"));
  });
}

bool IsReal(const ClassObject* cls) {
  return IsIntegral(cls) || (cls->native && cls->module_name == "builtins" && cls->name == "float");
}

void InstallNumbers(World& world) {
  ModuleObject* module = NewModule(world, "numbers");
  const auto define = [&](const char* name, bool (*includes)(const ClassObject*)) {
    ClassObject* cls = world.NewClass("numbers", name);
    cls->includes = includes;
    cls->make = nullptr;
    SetName(world, module, name, Value(cls));
  };
  define("Integral", IsIntegral);
  define("Rational", IsIntegral);
  for (const char* name : {"Real", "Complex", "Number"}) define(name, IsReal);
}

}  // namespace

void InstallIdentities(World& world) {
  InstallAbc(world);
  InstallWarnings(world);
  InstallLogging(world);
  InstallNumbers(world);
  ModuleObject* future = NewModule(world, "__future__");
  for (const char* name : {"annotations", "division", "print_function", "absolute_import", "unicode_literals",
                           "generator_stop", "with_statement"}) {
    SetName(world, future, name, Value::None());
  }
  auto* sys = world.heap().New<UnusableModule>("sys");
  world.AddModule(sys);
  SetName(world, sys, "maxsize", Value::Int(INT64_MAX));
  SetName(world, sys, "version_info",
          Value(world.heap().New<TupleObject>(std::vector<Value>{Value::Int(3), Value::Int(11), Value::Int(0),
                                                                 Value(world.heap().Intern("final")), Value::Int(0)})));
  for (const char* name : kUnusable) {
    auto* module = world.heap().New<UnusableModule>(name);
    world.AddModule(module);
    const std::string dotted = name;
    const size_t dot = dotted.rfind('.');
    if (dot == std::string::npos) continue;
    if (ModuleObject* parent = world.FindModule(dotted.substr(0, dot))) {
      SetName(world, parent, dotted.substr(dot + 1), Value(module));
    }
  }
  // The environment of a loaded model is empty.
  ModuleObject* os = world.FindModule("os");
  SetName(world, os, "environ", Value(world.heap().New<DictObject>()));
  const NativeEntry getenv = {
      "getenv", "key, default=", [](Evaluator& e, Args args) { return args[1] ? args[1] : Value::None(); }};
  AddFunctions(world, os, {&getenv, 1});
  // What isinstance() is asked with.
  const std::pair<const char*, Kind> kinds[] = {{"FunctionType", Kind::kFunction}, {"LambdaType", Kind::kFunction},
                                                {"MethodType", Kind::kBoundMethod}, {"ModuleType", Kind::kModule}};
  for (const auto& [type, kind] : kinds) SetName(world, world.FindModule("types"), type, Value(world.ClassOf(kind)));
  // Nothing else of random is there, so a seed changes nothing.
  const NativeEntry seed = {"seed", "a=, version=", Nothing};
  AddFunctions(world, world.FindModule("random"), {&seed, 1});
}

}  // namespace loadstone::python
