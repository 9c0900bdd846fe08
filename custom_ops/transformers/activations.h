// The activations of transformers/activations.py that BERT models are configured with.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_ACTIVATIONS_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_ACTIVATIONS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/module_def_builder.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

// Adds GELUActivation, NewGELUActivation, FastGELUActivation, QuickGELUActivation, GELUTanh and SiLUActivation.
absl::Status RegisterActivations(PluginRegistry& registry);

// ACT2FN[name]: "gelu", "relu", ... Null, and a mistake of `self`, when it is not known (says what is).
std::shared_ptr<ModuleDef> NewActivation(ModuleDefBuilder& self, absl::string_view name);

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_ACTIVATIONS_H_
