#include "engine/module.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// A module that stands in two places prints twice, and one of a hostile file 2^60 times.
constexpr size_t kMaxPrintedBytes = size_t{8} << 20;
constexpr absl::string_view kCut = "...";

// `text` with two spaces before every line but the first (torch/nn/modules/module.py, _addindent).
std::string Indented(absl::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (size_t end; (end = text.find('\n')) != absl::string_view::npos; text.remove_prefix(end + 1)) {
    absl::StrAppend(&out, text.substr(0, end), "\n  ");
  }
  absl::StrAppend(&out, text);
  return out;
}

std::string Join(absl::string_view prefix, absl::string_view name) {
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, ".", name);
}

template <typename T>
std::vector<std::string> Names(const NamedList<T>& list) {
  std::vector<std::string> names;
  for (const Named<T>& entry : list) names.push_back(entry.name);
  return names;
}

// Depth first, parents before children, each module once (nn.Module.named_modules).
void VisitModules(const Module& module, const std::string& path, absl::flat_hash_set<const Module*>& seen,
                  absl::FunctionRef<void(const std::string&, const Module&)> visit) {
  if (!seen.insert(&module).second) return;
  visit(path, module);
  for (const Named<std::shared_ptr<Module>>& child : module.children()) {
    if (child.value != nullptr) VisitModules(*child.value, Join(path, child.name), seen, visit);
  }
}

}  // namespace

Module::Module(ModuleState& state) : parts_(std::move(state.owned_parts_)) {}

absl::string_view Module::type_name() const {
  const absl::string_view name = class_name();
  const size_t dot = name.rfind('.');
  return dot == absl::string_view::npos ? name : name.substr(dot + 1);
}

c10::IValue Module::operator()(const Inputs& inputs) const {
  try {
    return Forward(inputs);
  } catch (c10::Error& error) {
    error.add_context(absl::StrCat("in ", class_name()));
    throw;
  }
}

at::Tensor Module::operator()(const at::Tensor& input) const {
  try {
    return CallWithTensor(input);
  } catch (c10::Error& error) {
    error.add_context(absl::StrCat("in ", class_name()));
    throw;
  }
}

at::Tensor Module::CallWithTensor(const at::Tensor& input) const {
  c10::IValue output = Forward(Inputs{input});
  TORCH_CHECK_TYPE(output.isTensor(), class_name(), " gives ", output.tagKind(), " where one tensor is needed");
  return std::move(output).toTensor();
}

c10::IValue TensorModule::Forward(const Inputs& inputs) const {
  TORCH_CHECK_TYPE(inputs.args.size() + inputs.kwargs.size() == 1, class_name(), " takes one tensor, ",
                   inputs.args.size() + inputs.kwargs.size(), " inputs were given");
  const c10::IValue& input = inputs.args.empty() ? inputs.kwargs.front().value : inputs.args.front();
  TORCH_CHECK_TYPE(input.isTensor(), class_name(), " takes one tensor, ", input.tagKind(), " was given");
  return ForwardTensor(input.toTensor());
}

std::string Module::ToString() const {
  // torch/nn/modules/module.py, Module.__repr__.
  std::vector<std::string> lines;
  const std::string extra = ExtraRepr();
  std::vector<std::string> extra_lines;
  if (!extra.empty()) extra_lines = absl::StrSplit(extra, '\n');
  size_t bytes = 0;
  for (const Named<std::shared_ptr<Module>>& child : children()) {
    if (bytes > kMaxPrintedBytes) {
      lines.emplace_back(kCut);
      break;
    }
    const std::string text = child.value == nullptr ? "None" : child.value->ToString();
    lines.push_back(absl::StrCat("(", child.name, "): ", Indented(text)));
    if (lines.back().size() > kMaxPrintedBytes) lines.back().replace(kMaxPrintedBytes, std::string::npos, kCut.data());
    bytes += lines.back().size();
  }
  if (extra_lines.size() == 1 && lines.empty()) return absl::StrCat(type_name(), "(", extra, ")");
  lines.insert(lines.begin(), extra_lines.begin(), extra_lines.end());
  if (lines.empty()) return absl::StrCat(type_name(), "()");
  return absl::StrCat(type_name(), "(\n  ", absl::StrJoin(lines, "\n  "), "\n)");
}

absl::StatusOr<const Module*> Module::Find(absl::string_view path) const {
  const Module* module = this;
  if (path.empty()) return module;
  std::string walked;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const std::shared_ptr<Module>* child = FindNamed(module->children(), name);
    if (child == nullptr || *child == nullptr) {
      const std::string where = walked.empty() ? "the model" : absl::StrCat("'", walked, "'");
      return absl::NotFoundError(absl::StrCat(where, " (", module->class_name(), ") has no ",
                                              child == nullptr ? "module" : "module (it is None)", " '", name, "'",
                                              DidYouMean(name, Names(module->children()))));
    }
    module = child->get();
    walked = Join(walked, name);
  }
  return module;
}

namespace {

// `path` split into its module and last name.
std::pair<absl::string_view, absl::string_view> SplitPath(absl::string_view path) {
  const size_t dot = path.rfind('.');
  if (dot == absl::string_view::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

absl::StatusOr<at::Tensor> FindTensor(const NamedList<at::Tensor>& tensors, absl::string_view what,
                                      absl::string_view path) {
  const absl::string_view name = SplitPath(path).second;
  const at::Tensor* tensor = FindNamed(tensors, name);
  if (tensor != nullptr && tensor->defined()) return *tensor;
  return absl::NotFoundError(absl::StrCat("no ", what, " '", path, "'", tensor == nullptr ? "" : " (it is None)",
                                          DidYouMean(name, Names(tensors))));
}

std::vector<std::pair<std::string, at::Tensor>> CollectTensors(
    const Module& root, absl::FunctionRef<const NamedList<at::Tensor>&(const Module&)> list) {
  std::vector<std::pair<std::string, at::Tensor>> collected;
  absl::flat_hash_set<const Module*> seen_modules;
  absl::flat_hash_set<const void*> seen_tensors;
  VisitModules(root, "", seen_modules, [&](const std::string& path, const Module& module) {
    for (const Named<at::Tensor>& entry : list(module)) {
      if (!entry.value.defined() || !seen_tensors.insert(entry.value.unsafeGetTensorImpl()).second) continue;
      collected.emplace_back(Join(path, entry.name), entry.value);
    }
  });
  return collected;
}

}  // namespace

absl::StatusOr<at::Tensor> Module::FindParameter(absl::string_view path) const {
  ASSIGN_OR_RETURN(const Module* module, Find(SplitPath(path).first));
  return FindTensor(module->parts_->parameters, "parameter", path);
}

absl::StatusOr<at::Tensor> Module::FindBuffer(absl::string_view path) const {
  ASSIGN_OR_RETURN(const Module* module, Find(SplitPath(path).first));
  return FindTensor(module->parts_->buffers, "buffer", path);
}

std::vector<std::pair<std::string, const Module*>> Module::named_modules() const {
  std::vector<std::pair<std::string, const Module*>> modules;
  absl::flat_hash_set<const Module*> seen;
  VisitModules(*this, "", seen,
               [&](const std::string& path, const Module& module) { modules.emplace_back(path, &module); });
  return modules;
}

std::vector<std::pair<std::string, at::Tensor>> Module::named_parameters() const {
  return CollectTensors(*this, [](const Module& m) -> const NamedList<at::Tensor>& { return m.parts_->parameters; });
}

std::vector<std::pair<std::string, at::Tensor>> Module::named_buffers() const {
  return CollectTensors(*this, [](const Module& m) -> const NamedList<at::Tensor>& { return m.parts_->buffers; });
}

void Module::ForEachTensor(absl::FunctionRef<void(at::Tensor&)> visit) {
  absl::flat_hash_set<const Module*> seen;
  VisitModules(*this, "", seen, [&](const std::string&, const Module& module) {
    for (NamedList<at::Tensor>* list :
         {&module.parts_->parameters, &module.parts_->buffers, &module.parts_->tensors}) {
      for (Named<at::Tensor>& entry : *list) {
        if (entry.value.defined()) visit(entry.value);
      }
    }
  });
}

}  // namespace loadstone
