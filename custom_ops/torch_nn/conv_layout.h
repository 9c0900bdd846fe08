// How Python lays out and prints the convolutions: _ConvNd.__init__, __setstate__ and extra_repr.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_LAYOUT_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_LAYOUT_H_

#include <array>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/module.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// ModuleClass::build for 1, 2 and 3 dimensions.
using ConvBuilders = std::array<absl::StatusOr<std::unique_ptr<Module>> (*)(ModuleParts parts), 3>;

// Registers Conv1d to Conv3d and ConvTranspose1d to ConvTranspose3d.
absl::Status AddConvClasses(PluginRegistry& registry, const ConvBuilders& conv, const ConvBuilders& conv_transpose);

std::string ConvExtraRepr(const Module& module, bool has_bias);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_LAYOUT_H_
