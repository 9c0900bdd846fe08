#include "tools/inspect/known_names.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loaders/torch_format/scalar_types.h"

namespace loadstone {
namespace {

constexpr absl::string_view kNames[] = {
    "_codecs.encode",
    "argparse.Namespace",
    "builtins.bool",
    "builtins.bytearray",
    "builtins.bytes",
    "builtins.complex",
    "builtins.dict",
    "builtins.float",
    "builtins.frozenset",
    "builtins.int",
    "builtins.list",
    "builtins.object",
    "builtins.range",
    "builtins.set",
    "builtins.slice",
    "builtins.str",
    "builtins.tuple",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.deque",
    "copyreg.__newobj__",
    "copyreg.__newobj_ex__",
    "copyreg._reconstructor",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "decimal.Decimal",
    "fractions.Fraction",
    "functools.partial",
    "numpy._core.multiarray._reconstruct",
    "numpy._core.multiarray.scalar",
    "numpy._core.numeric._frombuffer",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "numpy.dtype",
    "numpy.ndarray",
    "pathlib.Path",
    "pathlib.PosixPath",
    "pathlib.PurePath",
    "pathlib.PurePosixPath",
    "pathlib.PureWindowsPath",
    "pathlib.WindowsPath",
    "torch.Size",
    "torch.Tensor",
    "torch.device",
    "torch.autograd.variable.Variable",
    "torch._tensor._rebuild_from_type",
    "torch._tensor._rebuild_from_type_v2",
    "torch.nn.backends.thnn._get_thnn_function_backend",
    "torch.nn.modules.module._WrappedHook",
    "torch.per_channel_affine",
    "torch.per_tensor_affine",
    "torch.serialization._get_layout",
    "torch.utils.hooks.RemovableHandle",
    "transformers.models.bert.configuration_bert.BertConfig",
    "types.SimpleNamespace",
    "typing.Any",
    "uuid.UUID",
};

// The classes of these modules and of those below.
constexpr absl::string_view kClassesOf[] = {"torch.ao.nn",        "torch.nn.modules", "torch.nn.parameter",
                                            "torch.nn.quantized", "torch.nn.utils",   "torch.optim",
                                            "numpy.dtypes"};
// The functions of these modules.
constexpr absl::string_view kFunctionsOf[] = {"torch._C._nn", "torch.nn.functional", "torch.nn.init"};

bool IsWithin(absl::string_view module, absl::string_view tree) {
  return absl::StartsWith(module, tree) && (module.size() == tree.size() || module[tree.size()] == '.');
}

// numpy.float32, numpy.int64, numpy.bool_
bool IsNumpyScalar(absl::string_view name) {
  const size_t end = std::min(name.find_first_of("0123456789_"), name.size());
  const absl::string_view kind = name.substr(0, end);
  const absl::string_view size = name.substr(end);
  if (kind == "bool" || kind == "str") return size.empty() || size == "_";
  return (kind == "float" || kind == "int" || kind == "uint" || kind == "complex") &&
         std::all_of(size.begin(), size.end(), absl::ascii_isdigit);
}

// torch.FloatStorage, torch.float32, torch.cuda.HalfTensor
bool IsTypeOfTorch(absl::string_view module, absl::string_view name) {
  if (module != "torch" && module != "torch.cuda" && module != "torch.storage" && module != "torch.sparse")
    return false;
  if (name == "UntypedStorage" || name == "TypedStorage") return true;
  if (ScalarTypeOfStorageClass(name).has_value() || ScalarTypeOfDtype(name).has_value()) return true;
  return absl::EndsWith(name, "Tensor") &&
         ScalarTypeOfStorageClass(absl::StrCat(name.substr(0, name.size() - 6), "Storage")).has_value();
}

}  // namespace

bool IsKnownName(absl::string_view module, absl::string_view name) {
  const std::string path = absl::StrCat(module, ".", name);
  if (std::find(std::begin(kNames), std::end(kNames), path) != std::end(kNames)) return true;
  // A name with a dot reaches into what its module has imported.
  if (name.empty() || absl::StrContains(name, '.')) return false;
  if (module == "torch._utils" && absl::StartsWith(name, "_rebuild_")) return true;
  if (module == "numpy" && IsNumpyScalar(name)) return true;
  if (IsTypeOfTorch(module, name)) return true;
  const auto is_of = [module](absl::string_view tree) { return IsWithin(module, tree); };
  if (absl::ascii_isupper(static_cast<unsigned char>(name[0]))) {
    return std::any_of(std::begin(kClassesOf), std::end(kClassesOf), is_of);
  }
  return std::find(std::begin(kFunctionsOf), std::end(kFunctionsOf), module) != std::end(kFunctionsOf);
}

}  // namespace loadstone
