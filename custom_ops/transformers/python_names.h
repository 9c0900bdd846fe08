// The names that classes of transformers have in files.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_PYTHON_NAMES_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_PYTHON_NAMES_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

inline std::string BertName(absl::string_view name) {
  return absl::StrCat("transformers.models.bert.modeling_bert.", name);
}

// Adds `bert_class`, but for its name, as BertName(name); the alias is its name before release 4.
inline absl::Status AddBertClass(PluginRegistry& registry, absl::string_view name, ModuleClass bert_class) {
  bert_class.name = BertName(name);
  RETURN_IF_ERROR(registry.AddModuleClass(std::move(bert_class)));
  return registry.AddClassAlias(absl::StrCat("transformers.modeling_bert.", name), BertName(name));
}

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_PYTHON_NAMES_H_
