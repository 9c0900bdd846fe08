// Which device a model goes to.
#ifndef LOADSTONE_ENGINE_INTERNAL_DEVICE_CHOICE_H_
#define LOADSTONE_ENGINE_INTERNAL_DEVICE_CHOICE_H_

#include "absl/status/statusor.h"
#include "engine/device.h"
#include "engine/model_spec.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// The first device of ModelSpec::device that is there. A model never goes silently to another than it named first: the
// log says so. NotFound: none of them is there (says which are).
absl::StatusOr<const Device*> ChooseDevice(const ModelSpec& spec, const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_DEVICE_CHOICE_H_
