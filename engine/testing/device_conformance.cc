#include "engine/testing/device_conformance.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/testing/fakes.h"

namespace loadstone::testing {
namespace {

constexpr int kThreads = 4;
constexpr int64_t kWidth = 64;
constexpr int64_t kWeightBytes = kWidth * kWidth * 4;

// tiny.Linear without bias, whose weight a buffer shares.
absl::StatusOr<std::unique_ptr<Module>> NewModule(at::Tensor weight) {
  ModuleParts parts{.class_name = "tiny.Linear"};
  parts.parameters = {{"weight", weight}, {"bias", at::Tensor()}};
  parts.buffers = {{"shared", std::move(weight)}, {"none", at::Tensor()}};
  return LinearClass().build(std::move(parts));
}

at::Tensor SmallWeight() { return at::arange(kWidth * kWidth, at::kFloat).reshape({kWidth, kWidth}).t(); }

class DeviceCheck {
 public:
  DeviceCheck(const Device& device, const DeviceExample& example) : device_(device), example_(example) {}

  absl::Status Run() {
    if (device_.name().empty()) return Broken("its name is empty");
    ASSIGN_OR_RETURN(const int64_t used_before, UsedBytes());
    RETURN_IF_ERROR(CheckPlacement());
    RETURN_IF_ERROR(CheckThreads());
    RETURN_IF_ERROR(CheckMemoryIs(used_before, "after the last module went"));
    if (example_.too_many_bytes > 0) RETURN_IF_ERROR(CheckTooLarge(used_before));
    const absl::Status synchronized = device_.Synchronize();
    if (!synchronized.ok()) return Broken(absl::StrCat("Synchronize fails: ", synchronized.ToString()));
    return absl::OkStatus();
  }

 private:
  absl::Status Broken(absl::string_view how) const {
    return absl::FailedPreconditionError(absl::StrCat("device ", device_.name(), ": ", how));
  }

  absl::StatusOr<int64_t> UsedBytes() const {
    const absl::StatusOr<DeviceMemory> memory = device_.Memory();
    if (!memory.ok()) return Broken(absl::StrCat("Memory fails: ", memory.status().ToString()));
    if (memory->used_bytes < 0 || memory->used_bytes > memory->total_bytes) {
      return Broken(absl::StrCat("uses ", memory->used_bytes, " of ", memory->total_bytes, " bytes"));
    }
    return memory->used_bytes;
  }

  absl::Status CheckMemoryIs(int64_t expected, absl::string_view when) const {
    ASSIGN_OR_RETURN(const int64_t used, UsedBytes());
    if (example_.memory_owner == MemoryOwner::kShared || used == expected) return absl::OkStatus();
    return Broken(absl::StrCat(when, " it uses ", used, " bytes, not ", expected));
  }

  absl::Status Place(Module& module) const {
    const absl::Status placed = device_.Place(module);
    return placed.ok() ? placed : Broken(absl::StrCat("Place fails: ", placed.ToString()));
  }

  absl::Status CheckPlacement() const {
    ASSIGN_OR_RETURN(const int64_t used_before, UsedBytes());
    const at::Tensor weight = SmallWeight();
    ASSIGN_OR_RETURN(const std::unique_ptr<Module> module, NewModule(weight));
    RETURN_IF_ERROR(Place(*module));
    const at::Tensor& placed = module->parameters()[0].value;
    if (placed.device() != device_.torch_device()) return Broken("Place leaves a tensor on another device");
    if (module->parameters()[1].value.defined()) return Broken("Place makes a tensor of None");
    if (!placed.cpu().equal(weight)) return Broken("Place changes a tensor's values");
    ASSIGN_OR_RETURN(const at::Tensor shared, module->FindBuffer("shared"));
    if (!shared.is_same(placed)) return Broken("Place makes two tensors of one that two names share");
    RETURN_IF_ERROR(CheckMemoryIs(used_before + kWeightBytes, "with one module placed"));

    const at::Tensor first = placed;
    RETURN_IF_ERROR(Place(*module));
    if (!module->parameters()[0].value.is_same(first)) return Broken("Place moves a tensor that is there already");
    return CheckComputes(*module, weight);
  }

  absl::Status CheckComputes(const Module& module, const at::Tensor& weight) const {
    const c10::InferenceMode inference_mode;
    const at::Tensor input = at::ones({1, kWidth});
    const at::Tensor output = module(input.to(device_.torch_device()));
    const absl::Status synchronized = device_.Synchronize();
    if (!synchronized.ok()) return Broken(absl::StrCat("Synchronize fails: ", synchronized.ToString()));
    if (output.cpu().allclose(input.matmul(weight.t()), 1e-3)) return absl::OkStatus();
    return Broken("a placed module computes something else");
  }

  absl::Status CheckThreads() const {
    std::vector<absl::Status> results(kThreads);
    {
      std::vector<std::jthread> threads;
      for (absl::Status& result : results) {
        threads.emplace_back([this, &result] {
          const at::Tensor weight = SmallWeight();
          absl::StatusOr<std::unique_ptr<Module>> module = NewModule(weight);
          result = module.ok() ? Place(**module) : module.status();
          if (result.ok()) result = CheckComputes(**module, weight);
        });
      }
    }
    for (const absl::Status& result : results) RETURN_IF_ERROR(Annotate(result, "in several threads at once"));
    return absl::OkStatus();
  }

  absl::Status CheckTooLarge(int64_t used_before) const {
    {
      // One element, repeated.
      const at::Tensor large = at::zeros({1, 1}).expand({example_.too_many_bytes / 4, 1});
      ASSIGN_OR_RETURN(const std::unique_ptr<Module> module, NewModule(large));
      const absl::Status placed = device_.Place(*module);
      if (!absl::IsResourceExhausted(placed)) {
        return Broken(absl::StrCat("Place says of ", example_.too_many_bytes, " bytes: ", placed.ToString(),
                                   "; it must be ResourceExhausted"));
      }
    }
    RETURN_IF_ERROR(CheckMemoryIs(used_before, "after what did not fit"));
    return Annotate(CheckPlacement(), "after what did not fit");
  }

  const Device& device_;
  const DeviceExample& example_;
};

}  // namespace

absl::Status CheckDevice(const Device& device, const DeviceExample& example) {
  return DeviceCheck(device, example).Run();
}

}  // namespace loadstone::testing
