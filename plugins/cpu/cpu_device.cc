#include "plugins/cpu/cpu_device.h"

#include <fstream>
#include <memory>
#include <string>

#include <c10/core/TensorImpl.h>
#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace loadstone {

absl::StatusOr<DeviceMemory> CpuDevice::Memory() const {
  // proc(5): MemAvailable counts what the page cache would give back, so mapped weights are not "used".
  std::ifstream file("/proc/meminfo");
  int64_t total_kib = -1;
  int64_t available_kib = -1;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() < 2) continue;
    if (words[0] == "MemTotal:" && !absl::SimpleAtoi(words[1], &total_kib)) total_kib = -1;
    if (words[0] == "MemAvailable:" && !absl::SimpleAtoi(words[1], &available_kib)) available_kib = -1;
  }
  if (total_kib < 0 || available_kib < 0) {
    return absl::UnavailableError("/proc/meminfo does not say MemTotal and MemAvailable");
  }
  return DeviceMemory{.total_bytes = total_kib * 1024, .used_bytes = (total_kib - available_kib) * 1024};
}

absl::Status CpuDevice::Place(Module& module) const {
  absl::flat_hash_map<const c10::TensorImpl*, at::Tensor> moved;  // keeps what two names share shared
  try {
    module.ForEachTensor([&moved](at::Tensor& tensor) {
      if (tensor.is_cpu()) return;
      const auto [entry, inserted] = moved.try_emplace(tensor.unsafeGetTensorImpl());
      if (inserted) entry->second = tensor.to(c10::kCPU);
      tensor = entry->second;
    });
  } catch (const c10::Error& error) {
    return absl::ResourceExhaustedError(absl::StrCat("cpu: ", error.what_without_backtrace()));
  }
  return absl::OkStatus();
}

absl::Status RegisterCpuDevice(PluginRegistry& registry) { return registry.AddDevice(std::make_unique<CpuDevice>()); }

}  // namespace loadstone
