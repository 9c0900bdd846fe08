#include "loaders/pickle/name_normalization.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace loadstone::pickle {
namespace {

struct ModulePair {
  absl::string_view from;
  absl::string_view to;
};

struct NamePair {
  absl::string_view module;
  absl::string_view name;
  absl::string_view to_module;
  absl::string_view to_name;
};

// IMPORT_MAPPING of _compat_pickle.
constexpr ModulePair kPythonModules[] = {
    {"BaseHTTPServer", "http.server"}, {"CGIHTTPServer", "http.server"}, {"ConfigParser", "configparser"},
    {"Cookie", "http.cookies"}, {"Dialog", "tkinter.dialog"}, {"DocXMLRPCServer", "xmlrpc.server"},
    {"FileDialog", "tkinter.filedialog"}, {"HTMLParser", "html.parser"}, {"Queue", "queue"},
    {"ScrolledText", "tkinter.scrolledtext"}, {"SimpleDialog", "tkinter.simpledialog"},
    {"SimpleHTTPServer", "http.server"}, {"SimpleXMLRPCServer", "xmlrpc.server"}, {"SocketServer", "socketserver"},
    {"StringIO", "io"}, {"Tix", "tkinter.tix"}, {"Tkconstants", "tkinter.constants"}, {"Tkdnd", "tkinter.dnd"},
    {"Tkinter", "tkinter"}, {"UserDict", "collections"}, {"UserList", "collections"}, {"UserString", "collections"},
    {"__builtin__", "builtins"}, {"_abcoll", "collections.abc"}, {"_elementtree", "xml.etree.ElementTree"},
    {"_winreg", "winreg"}, {"anydbm", "dbm"}, {"cPickle", "pickle"}, {"cStringIO", "io"}, {"commands", "subprocess"},
    {"cookielib", "http.cookiejar"}, {"copy_reg", "copyreg"}, {"dbhash", "dbm.bsd"}, {"dbm", "dbm.ndbm"},
    {"dumbdbm", "dbm.dumb"}, {"dummy_thread", "_dummy_thread"}, {"gdbm", "dbm.gnu"},
    {"htmlentitydefs", "html.entities"}, {"httplib", "http.client"}, {"markupbase", "_markupbase"},
    {"repr", "reprlib"}, {"robotparser", "urllib.robotparser"}, {"test.test_support", "test.support"},
    {"thread", "_thread"}, {"tkColorChooser", "tkinter.colorchooser"}, {"tkCommonDialog", "tkinter.commondialog"},
    {"tkFileDialog", "tkinter.filedialog"}, {"tkFont", "tkinter.font"}, {"tkMessageBox", "tkinter.messagebox"},
    {"tkSimpleDialog", "tkinter.simpledialog"}, {"ttk", "tkinter.ttk"}, {"urllib2", "urllib.request"},
    {"urlparse", "urllib.parse"}, {"whichdb", "dbm"}, {"xmlrpclib", "xmlrpc.client"},
};

// NAME_MAPPING of _compat_pickle, without the exceptions that keep their name.
constexpr NamePair kPythonNames[] = {
    {"UserDict", "IterableUserDict", "collections", "UserDict"}, {"UserDict", "UserDict", "collections", "UserDict"},
    {"UserList", "UserList", "collections", "UserList"}, {"UserString", "UserString", "collections", "UserString"},
    {"__builtin__", "basestring", "builtins", "str"}, {"__builtin__", "intern", "sys", "intern"},
    {"__builtin__", "long", "builtins", "int"}, {"__builtin__", "reduce", "functools", "reduce"},
    {"__builtin__", "unichr", "builtins", "chr"}, {"__builtin__", "unicode", "builtins", "str"},
    {"__builtin__", "xrange", "builtins", "range"},
    {"_multiprocessing", "Connection", "multiprocessing.connection", "Connection"},
    {"_socket", "fromfd", "socket", "fromfd"}, {"exceptions", "StandardError", "builtins", "Exception"},
    {"itertools", "ifilter", "builtins", "filter"}, {"itertools", "ifilterfalse", "itertools", "filterfalse"},
    {"itertools", "imap", "builtins", "map"}, {"itertools", "izip", "builtins", "zip"},
    {"itertools", "izip_longest", "itertools", "zip_longest"},
    {"multiprocessing", "AuthenticationError", "multiprocessing.context", "AuthenticationError"},
    {"multiprocessing", "BufferTooShort", "multiprocessing.context", "BufferTooShort"},
    {"multiprocessing", "ProcessError", "multiprocessing.context", "ProcessError"},
    {"multiprocessing", "TimeoutError", "multiprocessing.context", "TimeoutError"},
    {"multiprocessing.forking", "Popen", "multiprocessing.popen_fork", "Popen"},
    {"multiprocessing.process", "Process", "multiprocessing.context", "Process"},
    {"socket", "_socketobject", "socket", "SocketType"},
    {"urllib", "ContentTooShortError", "urllib.error", "ContentTooShortError"},
    {"urllib", "getproxies", "urllib.request", "getproxies"},
    {"urllib", "pathname2url", "urllib.request", "pathname2url"}, {"urllib", "quote", "urllib.parse", "quote"},
    {"urllib", "quote_plus", "urllib.parse", "quote_plus"}, {"urllib", "unquote", "urllib.parse", "unquote"},
    {"urllib", "unquote_plus", "urllib.parse", "unquote_plus"},
    {"urllib", "url2pathname", "urllib.request", "url2pathname"},
    {"urllib", "urlcleanup", "urllib.request", "urlcleanup"}, {"urllib", "urlencode", "urllib.parse", "urlencode"},
    {"urllib", "urlopen", "urllib.request", "urlopen"}, {"urllib", "urlretrieve", "urllib.request", "urlretrieve"},
    {"urllib2", "HTTPError", "urllib.error", "HTTPError"}, {"urllib2", "URLError", "urllib.error", "URLError"},
    {"whichdb", "whichdb", "dbm", "whichdb"},
};

// The rest of NAME_MAPPING: `exceptions X` is `builtins X`.
constexpr absl::string_view kPythonExceptions[] = {
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BufferError", "BytesWarning",
    "DeprecationWarning", "EOFError", "EnvironmentError", "Exception", "FloatingPointError", "FutureWarning",
    "GeneratorExit", "IOError", "ImportError", "ImportWarning", "IndentationError", "IndexError", "KeyError",
    "KeyboardInterrupt", "LookupError", "MemoryError", "NameError", "NotImplementedError", "OSError", "OverflowError",
    "PendingDeprecationWarning", "ReferenceError", "RuntimeError", "RuntimeWarning", "StopIteration", "SyntaxError",
    "SyntaxWarning", "SystemError", "SystemExit", "TabError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
    "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning", "UserWarning", "ValueError",
    "Warning", "ZeroDivisionError",
};

// A module and all below it. No entry's result is another's beginning.
constexpr ModulePair kMovedTrees[] = {
    {"numpy._core", "numpy.core"},
    {"torch.distributed._tensor", "torch.distributed.tensor"},
    {"torch.nn.intrinsic", "torch.ao.nn.intrinsic"},
    {"torch.nn.qat", "torch.ao.nn.qat"},
    {"torch.nn.quantizable", "torch.ao.nn.quantizable"},
    {"torch.nn.quantized", "torch.ao.nn.quantized"},
    {"torch.quantization", "torch.ao.quantization"},
};

QualifiedName ToPython3(absl::string_view module, absl::string_view name) {
  for (const NamePair& pair : kPythonNames) {
    if (pair.module == module && pair.name == name) {
      return {std::string(pair.to_module), std::string(pair.to_name)};
    }
  }
  if (module == "exceptions") {
    for (absl::string_view exception : kPythonExceptions) {
      if (exception == name) return {"builtins", std::string(name)};
    }
  }
  for (const ModulePair& pair : kPythonModules) {
    if (pair.from == module) return {std::string(pair.to), std::string(name)};
  }
  return {std::string(module), std::string(name)};
}

std::string ToPresentModule(std::string module) {
  // Files of 1.5 to 1.7; the function torch.tensor is in module `torch`.
  if (module == "torch.tensor") return "torch._tensor";
  for (const ModulePair& tree : kMovedTrees) {
    if (!absl::StartsWith(module, tree.from)) continue;
    const absl::string_view rest = absl::string_view(module).substr(tree.from.size());
    if (rest.empty() || rest.front() == '.') return absl::StrCat(tree.to, rest);
  }
  return module;
}

}  // namespace

QualifiedName NormalizeName(absl::string_view module, absl::string_view name) {
  QualifiedName result = ToPython3(module, name);
  result.module = ToPresentModule(std::move(result.module));
  return result;
}

}  // namespace loadstone::pickle
