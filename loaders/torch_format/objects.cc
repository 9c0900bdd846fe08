#include "loaders/torch_format/objects.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loaders/torch_format/storage_id.h"

namespace loadstone {

std::string QualifiedName(const pickle::Name& name) { return absl::StrCat(name.module, ".", name.name); }

std::string ClassName(const pickle::Object& object) {
  if (const pickle::Name* name = NameOf(object.callable)) return QualifiedName(*name);
  return "an object of no named class";
}

const pickle::Dict* AsMapping(const pickle::Value& value) {
  if (value.kind() == pickle::Kind::kDict) return &value.dict();
  if (value.kind() != pickle::Kind::kObject) return nullptr;
  const pickle::Object& object = value.object();
  const bool known = object.callable.IsName("collections", "OrderedDict") ||
                     object.callable.IsName("collections", "defaultdict") ||
                     object.callable.IsName("collections", "Counter");
  // Counter and Python 2's OrderedDict bring their entries as the call's argument.
  const absl::Span<const pickle::Value> args = object.args.items();
  if (known && object.entries.entries.empty() && args.size() == 1 && args[0].kind() == pickle::Kind::kDict) {
    return &args[0].dict();
  }
  return known || !object.entries.entries.empty() ? &object.entries : nullptr;
}

const pickle::Dict* StateOf(const pickle::Object& object) {
  pickle::Value state = object.state();
  if (state.kind() == pickle::Kind::kTuple && state.items().size() == 2) state = state.items()[0];
  return state.kind() == pickle::Kind::kDict ? &state.dict() : nullptr;
}

const pickle::Dict* ModuleStateOf(const pickle::Value& value) {
  if (value.kind() != pickle::Kind::kObject || NameOf(value.object().callable) == nullptr) return nullptr;
  const pickle::Dict* state = StateOf(value.object());
  const bool is_module =
      state != nullptr && state->Find("_modules") != nullptr && state->Find("_parameters") != nullptr;
  return is_module ? state : nullptr;
}

const pickle::Value* CompiledModule(const pickle::Value& value) {
  if (value.kind() != pickle::Kind::kObject) return nullptr;
  const pickle::Object& object = value.object();
  if (!object.callable.IsName("torch._dynamo.eval_frame", "OptimizedModule")) return nullptr;
  const absl::Span<const pickle::Value> args = object.args.items();
  return args.empty() || ModuleStateOf(args[0]) == nullptr ? nullptr : &args[0];
}

bool IsModule(const pickle::Value& value) {
  return ModuleStateOf(value) != nullptr || CompiledModule(value) != nullptr;
}

}  // namespace loadstone
