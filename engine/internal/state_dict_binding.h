// Weights by key into an architecture: what nn.Module.load_state_dict does, on plain data.
#ifndef LOADSTONE_ENGINE_INTERNAL_STATE_DICT_BINDING_H_
#define LOADSTONE_ENGINE_INTERNAL_STATE_DICT_BINDING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/model_spec.h"
#include "engine/module_def.h"
#include "engine/plugin_registry.h"
#include "engine/servable.h"
#include "engine/state_dict.h"

namespace loadstone {

// Puts each tensor of `weights` in its place in `architecture`: without a copy, unless the architecture has another
// dtype, to which it is then converted as Parameter.copy_ does. Renames of `spec` are applied first; then a prefix that
// wrappers add ("module.", "_orig_mod.", "model.", ..., nested too) is stripped, if every key has it and the
// architecture knows them only without it. A tensor without a key is put together from its parts, if the file has those
// of a reparametrization of `registry`, which also tells what older releases' state dicts lack.
// Strict: InvalidArgument that lists every missing, unexpected and mis-shaped key, both shapes with the last.
// A parameter or module that stands in several places stays shared; the last of its keys counts, one of them is enough.
// Also InvalidArgument: two keys are renamed to one.
// Lenient: these go into `report`, and what was not loaded keeps what the constructor always gives, or becomes zero.
absl::Status BindStateDict(const StateDict& weights, const ModelSpec& spec, const PluginRegistry& registry,
                           ModuleDef& architecture, LoadReport& report);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_STATE_DICT_BINDING_H_
