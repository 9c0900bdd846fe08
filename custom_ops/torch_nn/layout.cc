#include "custom_ops/torch_nn/layout.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// The argument `dtype`: None, torch.float16, or its text.
at::ScalarType DtypeArgument(AttributeReader& arguments) {
  const Attribute& dtype = arguments.Get("dtype");
  if (dtype.is_none()) return at::kFloat;
  const std::string* text = dtype.symbol() != nullptr ? &dtype.symbol()->name : dtype.text();
  if (text != nullptr) {
    const auto& types = c10::getStringToDtypeMap();
    const auto found = types.find(std::string(absl::StripPrefix(*text, "torch.")));
    if (found != types.end()) return found->second;
  }
  arguments.Fail(absl::StrCat("'dtype' is ", PythonRepr(dtype), ", needs a torch dtype"));
  return at::kFloat;
}

// at::full, or at::empty on the meta device without a value; undefined after a noted mistake.
at::Tensor NewTensor(AttributeReader& arguments, absl::string_view name, const std::vector<int64_t>& shape,
                     const double* value) {
  const at::TensorOptions options = at::TensorOptions().dtype(DtypeArgument(arguments));
  try {
    return value == nullptr ? at::empty(shape, options.device(at::kMeta)) : at::full(shape, *value, options);
  } catch (const c10::Error& error) {  // a negative or too large size from the caller's arguments
    arguments.Fail(absl::StrCat(name, " of shape ", ShapeText(shape), ": ", error.what_without_backtrace()));
    return at::Tensor();
  }
}

}  // namespace

absl::Status AddTorchNnClasses(PluginRegistry& registry, absl::string_view python_module,
                               std::vector<ModuleClass> classes) {
  for (ModuleClass& module_class : classes) {
    const std::string alias = absl::StrCat("torch.nn.", module_class.name);
    module_class.name = absl::StrCat(python_module, ".", module_class.name);
    const std::string name = module_class.name;
    RETURN_IF_ERROR(registry.AddModuleClass(std::move(module_class)));
    RETURN_IF_ERROR(registry.AddClassAlias(alias, name));
  }
  return absl::OkStatus();
}

void StoreArguments(AttributeReader& arguments, ModuleDefBuilder& self, const std::vector<std::string>& names) {
  for (const std::string& name : names) self.Attribute(name, arguments.Get(name));
}

ConstructFunction StoreArguments(std::vector<std::string> names) {
  return [names = std::move(names)](AttributeReader& arguments, ModuleDefBuilder& self) {
    StoreArguments(arguments, self, names);
  };
}

ConstructFunction StoreNothing() {
  return [](AttributeReader& arguments, ModuleDefBuilder& self) {};
}

void FillAbsent(ModuleDef& state, absl::string_view name, Attribute value) {
  if (FindNamed(state.attributes, name) == nullptr) state.attributes.push_back({std::string(name), std::move(value)});
}

SetStateFunction FillAbsent(NamedList<Attribute> defaults) {
  return [defaults = std::move(defaults)](ModuleDef& state) {
    for (const Named<Attribute>& entry : defaults) FillAbsent(state, entry.name, entry.value);
  };
}

Attribute NTuple(const Attribute& value, size_t count) {
  if (const Attribute::Sequence* sequence = value.sequence()) return Attribute::Tuple(sequence->items);
  return Attribute::Tuple(std::vector<Attribute>(count, value));
}

void AddParameter(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
                  const std::vector<int64_t>& shape) {
  self.Parameter(name, NewTensor(arguments, name, shape, nullptr));
}

void AddParameter(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
                  const std::vector<int64_t>& shape, double value) {
  self.Parameter(name, NewTensor(arguments, name, shape, &value));
}

void AddBuffer(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
               const std::vector<int64_t>& shape, double value) {
  self.Buffer(name, NewTensor(arguments, name, shape, &value));
}

}  // namespace loadstone
