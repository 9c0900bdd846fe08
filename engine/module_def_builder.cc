#include "engine/module_def_builder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module_class.h"
#include "engine/plugin_registry.h"
#include "engine/requires_grad.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 200;  // nested constructors: catches a class that constructs itself

absl::Status RunConstruct(const ModuleClass& module_class, const Arguments& arguments, ModuleDefBuilder& self) {
  if (module_class.construct == nullptr) {
    return absl::UnimplementedError(absl::StrCat(module_class.name, " cannot be made from constructor arguments"));
  }
  ASSIGN_OR_RETURN(const NamedList<Attribute> bound,
                   BindArguments(module_class.name, module_class.signature, arguments));
  AttributeReader reader(absl::StrCat(module_class.name, "()"), bound);
  try {  // a constructor may make tensors
    module_class.construct(reader, self);
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(absl::StrCat(module_class.name, "(): ", error.what_without_backtrace()));
  }
  return reader.status();
}

absl::StatusOr<std::shared_ptr<ModuleDef>> ConstructAtDepth(absl::string_view class_name, const Arguments& arguments,
                                                            const PluginRegistry& registry, int depth) {
  if (depth > kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat("constructors nest deeper than ", kMaxDepth, " at ", class_name));
  }
  ASSIGN_OR_RETURN(const ModuleClass* module_class, registry.FindModuleClass(class_name));
  ModuleDefBuilder self(module_class->name, registry, depth);
  self.Fail(RunConstruct(*module_class, arguments, self));
  return self.Finish();
}

template <typename T>
void SetNamed(NamedList<T>& list, absl::string_view name, T value) {
  if (T* existing = FindNamed(list, name)) {
    *existing = std::move(value);
  } else {
    list.push_back({std::string(name), std::move(value)});
  }
}

}  // namespace

ModuleDefBuilder::ModuleDefBuilder(std::string class_name, const PluginRegistry& registry, int depth)
    : def_(std::make_shared<ModuleDef>()), registry_(registry), depth_(depth) {
  def_->class_name = std::move(class_name);
}

void ModuleDefBuilder::Attribute(absl::string_view name, loadstone::Attribute value) {
  SetNamed(def_->attributes, name, std::move(value));
}

void ModuleDefBuilder::Parameter(absl::string_view name, const std::vector<int64_t>& shape) {
  try {
    Parameter(name, at::empty(shape, at::TensorOptions().dtype(at::kFloat).device(at::kMeta)));
  } catch (const c10::Error& error) {  // a negative or overflowing size from the caller's arguments
    Fail(absl::StrCat("parameter ", name, ": ", error.what_without_backtrace()));
  }
}

void ModuleDefBuilder::Parameter(absl::string_view name, at::Tensor value) {
  if (value.defined()) SetRequiresGrad(value, true);
  SetNamed(def_->parameters, name, std::move(value));
}

void ModuleDefBuilder::NoParameter(absl::string_view name) { Parameter(name, at::Tensor()); }

void ModuleDefBuilder::Buffer(absl::string_view name, at::Tensor value, Persistence persistence) {
  SetNamed(def_->buffers, name, std::move(value));
  std::vector<std::string>& excluded = def_->non_persistent_buffers;
  excluded.erase(std::remove(excluded.begin(), excluded.end(), name), excluded.end());
  if (persistence == Persistence::kNotPersistent) excluded.emplace_back(name);
}

void ModuleDefBuilder::Child(absl::string_view name, absl::string_view class_name,
                             std::vector<loadstone::Attribute> positional, NamedList<loadstone::Attribute> keyword) {
  Child(name, New(class_name, std::move(positional), std::move(keyword)));
}

void ModuleDefBuilder::Child(absl::string_view name, std::shared_ptr<ModuleDef> module) {
  // Containers have thousands of children: only a name that was set before is searched for.
  if (child_names_.insert(std::string(name)).second) {
    def_->children.push_back({std::string(name), std::move(module)});
  } else {
    *FindNamed(def_->children, name) = std::move(module);
  }
}

std::shared_ptr<ModuleDef> ModuleDefBuilder::New(absl::string_view class_name,
                                                 std::vector<loadstone::Attribute> positional,
                                                 NamedList<loadstone::Attribute> keyword) {
  if (!status_.ok()) return nullptr;  // or a class that constructs itself twice would take 2^kMaxDepth steps to stop
  absl::StatusOr<std::shared_ptr<ModuleDef>> module =
      ConstructAtDepth(class_name, {std::move(positional), std::move(keyword)}, registry_, depth_ + 1);
  if (module.ok()) return *std::move(module);
  Fail(Annotate(module.status(), absl::StrCat("in ", def_->class_name)));
  return nullptr;
}

void ModuleDefBuilder::Super(absl::string_view class_name, std::vector<loadstone::Attribute> positional,
                             NamedList<loadstone::Attribute> keyword) {
  if (!status_.ok()) return;
  if (depth_ + supers_ >= kMaxDepth) {
    return Fail(absl::ResourceExhaustedError(absl::StrCat("constructors nest deeper than ", kMaxDepth, " at ", class_name)));
  }
  const absl::StatusOr<const ModuleClass*> module_class = registry_.FindModuleClass(class_name);
  if (!module_class.ok()) return Fail(module_class.status());
  ++supers_;
  Fail(RunConstruct(**module_class, {std::move(positional), std::move(keyword)}, *this));
  --supers_;
}

void ModuleDefBuilder::Return(std::shared_ptr<ModuleDef> module) { returned_ = std::move(module); }

void ModuleDefBuilder::Fail(absl::string_view message) {
  Fail(absl::InvalidArgumentError(absl::StrCat(def_->class_name, "(): ", message)));
}

void ModuleDefBuilder::Fail(const absl::Status& status) { status_.Update(status); }

absl::StatusOr<std::shared_ptr<ModuleDef>> ModuleDefBuilder::Finish() {
  if (!status_.ok()) return status_;
  return returned_ != nullptr ? std::move(returned_) : std::move(def_);
}

absl::StatusOr<std::shared_ptr<ModuleDef>> Construct(absl::string_view class_name, const Arguments& arguments,
                                                     const PluginRegistry& registry) {
  return ConstructAtDepth(class_name, arguments, registry, 0);
}

}  // namespace loadstone
