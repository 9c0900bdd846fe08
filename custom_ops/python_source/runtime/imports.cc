// Imports of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/lazy_module.h"
#include "custom_ops/python_source/runtime/refused.h"

namespace loadstone::python {
namespace {

// The package that relative imports of a module start from.
std::string PackageOf(const ModuleObject& module) {
  const auto* lazy = dynamic_cast<const LazyModule*>(&module);
  return lazy == nullptr ? "" : lazy->package();
}

}  // namespace

Value Evaluator::Import(absl::string_view name) {
  // Parents first, as Python does; each is an attribute of its parent then.
  Value parent;
  for (size_t end = 0; end != absl::string_view::npos;) {
    end = name.find('.', end + 1);
    const std::string part(name.substr(0, end));
    ModuleObject* module = world_.FindModule(part);
    if (module == nullptr) {
      if (world_.frozen()) return Refuse(absl::StrCat("module '", part, "', which was not imported in load"));
      absl::StatusOr<FoundSource> found = absl::NotFoundError("there is no source tree");
      if (world_.finder() != nullptr) found = world_.finder()->Find(part);
      if (absl::IsNotFound(found.status())) {
        return Raise("ModuleNotFoundError", absl::StrCat("No module named '", part, "': ", found.status().message()));
      }
      if (!found.ok()) return Fail(found.status());
      module = heap_.New<LazyModule>(part, *std::move(found));
      world_.AddModule(module);
      if (parent) {
        StrObject* leaf = Intern(part.substr(part.rfind('.') + 1));
        auto* package = parent.As<ModuleObject>();
        if (package->names.FindName(leaf) == nullptr) package->submodules.SetName(leaf, Value(module));
      }
    }
    parent = Value(module);
  }
  return parent;
}

Value Evaluator::ImportStep(Running& frame, const Instruction& instruction) {
  const absl::string_view name = frame.code->names[instruction.a]->text();
  Value leaf = Import(name);
  if (!leaf || instruction.b == 1) return leaf;
  return Value(world_.FindModule(name.substr(0, name.find('.'))));
}

bool Evaluator::ResolveModule(const ModuleObject& from, absl::string_view name, int64_t level, std::string& resolved) {
  resolved = std::string(name);
  if (level == 0) return true;
  std::string package = PackageOf(from);
  for (int64_t i = 1; i < level && !package.empty(); ++i) {
    const size_t dot = package.rfind('.');
    package = dot == std::string::npos ? "" : package.substr(0, dot);
  }
  if (package.empty()) {
    Raise("ImportError", "attempted relative import with no known parent package, or beyond the top-level package");
    return false;
  }
  resolved = name.empty() ? package : absl::StrCat(package, ".", name);
  return true;
}

Value Evaluator::ImportName(const Value& module, StrObject* name) {
  auto* found = module.As<ModuleObject>();
  // Of a module that cannot be used any name may be imported, as long as it is not used.
  const bool of_the_tree = dynamic_cast<const LazyModule*>(found) != nullptr;
  if (found->partial && !of_the_tree && found->names.FindName(name) == nullptr &&
      found->submodules.FindName(name) == nullptr &&
      world_.FindModule(absl::StrCat(found->name, ".", name->text())) == nullptr) {
    return RefusedFunction(heap_, absl::StrCat(found->name, ".", name->text()));
  }
  // A submodule may have a package's own name: Python takes what the package binds first.
  Value value = FindAttribute(module, name);
  if (value || failed()) return value;
  Value submodule = Import(absl::StrCat(found->name, ".", name->text()));
  if (submodule || !Raised("ModuleNotFoundError")) return submodule;
  TakeException();
  return Raise("ImportError", absl::StrCat("cannot import name '", name->text(), "' from '", found->name, "'"));
}

Value Evaluator::ImportFrom(const ModuleObject* from, const std::vector<Value>& parts) {
  std::string resolved;
  if (!ResolveModule(*from, parts[0].As<StrObject>()->text(), parts[1].integer(), resolved)) return Value();
  const Value module = Import(resolved);
  if (!module) return Value();
  auto* name = parts[2].As<StrObject>();
  if (name->text() != "*") return ImportName(module, name);
  // Names are found through the module itself, when they are used.
  return Value::None();
}

Value Evaluator::ImportStar(ModuleObject* into, const Node& statement, StrObject* name) {
  std::string resolved;
  if (!ResolveModule(*into, statement.text, statement.integer, resolved)) return Value();
  const Value module = Import(resolved);
  if (!module) return Value();
  if (auto* lazy = dynamic_cast<LazyModule*>(module.object())) {
    std::vector<std::string> names;
    if (!lazy->PublicNames(*this, names)) return Value();
    const bool listed = std::find(names.begin(), names.end(), name->text()) != names.end();
    // What the module itself has by a star is public too, where it has no __all__.
    if (!listed && (lazy->Binds("__all__") || absl::StartsWith(name->text(), "_"))) return Value();
  } else if (absl::StartsWith(name->text(), "_")) {
    return Value();
  }
  return FindAttribute(module, name);
}

}  // namespace loadstone::python
