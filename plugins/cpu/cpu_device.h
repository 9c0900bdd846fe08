// The host's processor and memory.
#ifndef LOADSTONE_PLUGINS_CPU_CPU_DEVICE_H_
#define LOADSTONE_PLUGINS_CPU_CPU_DEVICE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/device.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Weights stay where the loader left them, usually views of the mapped file: placing a model copies nothing.
class CpuDevice : public Device {
 public:
  absl::string_view name() const override { return "cpu"; }
  c10::Device torch_device() const override { return c10::Device(c10::kCPU); }
  absl::StatusOr<DeviceMemory> Memory() const override;
  absl::Status Place(Module& module) const override;
  absl::Status Synchronize() const override { return absl::OkStatus(); }  // ATen's CPU operators return when done
};

absl::Status RegisterCpuDevice(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_CPU_CPU_DEVICE_H_
