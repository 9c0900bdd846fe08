// Small stand-ins for what plugins bring: a loader, a device and two classes.
#ifndef LOADSTONE_ENGINE_TESTING_FAKES_H_
#define LOADSTONE_ENGINE_TESTING_FAKES_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/device.h"
#include "engine/loader.h"
#include "engine/module.h"
#include "engine/module_class.h"
#include "engine/module_def.h"
#include "engine/plugin_registry.h"

namespace loadstone::testing {

// Understands what `can_load` says, and gives what `content` makes.
class FakeLoader : public Loader {
 public:
  using Content = std::function<absl::StatusOr<ModelContent>(const ByteSource&)>;
  FakeLoader(std::string name, absl::Status can_load, Content content = nullptr)
      : name_(std::move(name)), can_load_(std::move(can_load)), content_(std::move(content)) {}

  absl::string_view name() const override { return name_; }
  absl::Status CanLoad(const ByteSource& source) const override { return can_load_; }
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override {
    ++loads;
    return content_(source);
  }

  mutable std::atomic<int> loads = 0;

 private:
  const std::string name_;
  const absl::Status can_load_;
  const Content content_;
};

// Another name for the host's memory.
class FakeDevice : public Device {
 public:
  explicit FakeDevice(std::string name, absl::Status place = absl::OkStatus())
      : name_(std::move(name)), place_(std::move(place)) {}

  absl::string_view name() const override { return name_; }
  c10::Device torch_device() const override { return c10::Device(c10::kCPU); }
  absl::StatusOr<DeviceMemory> Memory() const override { return DeviceMemory{100, 40}; }
  absl::Status Place(Module& module) const override { return place_; }
  absl::Status Synchronize() const override { return absl::OkStatus(); }

 private:
  const std::string name_;
  const absl::Status place_;
};

// "tiny.Linear(in_features, out_features, bias=True)": torch.nn.Linear, cut down.
ModuleClass LinearClass();
// "tiny.Block()": gives its tensor to each child in turn; its attribute "extra", if any, is its extra_repr.
ModuleClass BlockClass();

// A registry of both classes.
std::unique_ptr<PluginRegistry> NewRegistry();

// A tiny.Block of these children, and a tiny.Linear whose weight and bias are all `value`.
std::shared_ptr<ModuleDef> BlockDef(NamedList<std::shared_ptr<ModuleDef>> children = {});
std::shared_ptr<ModuleDef> LinearDef(int64_t in_features, int64_t out_features, double value = 1);

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_FAKES_H_
