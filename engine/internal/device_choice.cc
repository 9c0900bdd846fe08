#include "engine/internal/device_choice.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/logging.h"

namespace loadstone {
namespace {

constexpr absl::string_view kAuto = "auto";
constexpr absl::string_view kCpu = "cpu";

// "cuda" means the first of "cuda:0", "cuda:1", ...; "auto" the first that is not the host. Null: not there.
const Device* Find(absl::string_view wanted, const PluginRegistry& registry) {
  for (const PluginRegistry::Entry<Device>& entry : registry.devices()) {
    absl::string_view name = entry.value->name();
    if (wanted == kAuto ? name != kCpu : name == wanted) return entry.value.get();
    if (absl::ConsumePrefix(&name, wanted) && absl::StartsWith(name, ":")) return entry.value.get();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<const Device*> ChooseDevice(const ModelSpec& spec, const PluginRegistry& registry) {
  const std::vector<std::string> wanted = absl::StrSplit(spec.device, ',');
  for (const std::string& name : wanted) {
    const Device* device = Find(name, registry);
    if (device == nullptr) continue;
    if (name != wanted.front()) {
      LOG(WARNING) << spec.name << ": no device '" << wanted.front() << "', goes to " << device->name();
    }
    return device;
  }
  if (wanted.back() == kAuto) {
    LOG(INFO) << spec.name << ": no accelerator is registered, goes to " << kCpu;
    return registry.FindDevice(kCpu);
  }
  // One name that is not there: with the nearest.
  if (wanted.size() == 1) return registry.FindDevice(wanted.front());
  return absl::NotFoundError(absl::StrCat("none of the devices ", spec.device, " is there"));
}

}  // namespace loadstone
