#include "engine/servable.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/util/Exception.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/mapped_file.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

bool IsElsewhere(const c10::IValue& value, c10::Device device) {
  if (value.isTensor()) return value.toTensor().defined() && value.toTensor().device() != device;
  if (value.isTensorList() || value.isList() || value.isTuple() || value.isGenericDict()) {
    c10::IValue::HashAliasedIValues tensors;
    value.getSubValues(tensors);
    for (const c10::IValue& part : tensors) {
      if (part.isTensor() && IsElsewhere(part, device)) return true;
    }
  }
  return false;
}

// One memo for all inputs: attention(x, x, x) still gets one tensor three times.
class Mover {
 public:
  explicit Mover(c10::Device device) : device_(device) {}
  c10::IValue Move(const c10::IValue& value) {
    return IsElsewhere(value, device_) ? value.deepcopy(memo_, device_) : value;
  }

 private:
  const c10::Device device_;
  c10::IValue::HashIdentityIValueMap memo_;
};

}  // namespace

absl::StatusOr<c10::IValue> Servable::Run(const Inputs& inputs) const {
  RETURN_IF_ERROR(CheckFiles());
  RETURN_IF_ERROR(Annotate(device_->Health(), name()));
  absl::StatusOr<c10::IValue> output = RunModule(inputs);
  RETURN_IF_ERROR(CheckFiles());  // first: what zeros came to, result or error, means nothing
  return output;
}

absl::Status Servable::CheckFiles() const {
  for (const std::weak_ptr<const MappedFile>& weak : files_) {
    const std::shared_ptr<const MappedFile> file = weak.lock();
    if (file != nullptr) RETURN_IF_ERROR(Annotate(file->CheckIntact(), name()));
  }
  return absl::OkStatus();
}

absl::StatusOr<c10::IValue> Servable::RunModule(const Inputs& inputs) const {
  // This is the one place where what ATen throws becomes a Status.
  try {
    const c10::Device target = device_->torch_device();
    bool elsewhere = false;
    for (const c10::IValue& input : inputs.args) elsewhere = elsewhere || IsElsewhere(input, target);
    for (const Named<c10::IValue>& input : inputs.kwargs) elsewhere = elsewhere || IsElsewhere(input.value, target);
    const c10::InferenceMode inference_mode;
    const c10::StreamGuard stream(stream_);
    c10::IValue output;
    if (elsewhere) {
      Inputs moved;
      Mover mover(target);
      for (const c10::IValue& input : inputs.args) moved.args.push_back(mover.Move(input));
      for (const Named<c10::IValue>& input : inputs.kwargs) {
        moved.kwargs.push_back({input.name, mover.Move(input.value)});
      }
      output = (*module_)(moved);
    } else {
      output = (*module_)(inputs);
    }
    RETURN_IF_ERROR(device_->Synchronize());
    return output;
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(absl::StrCat(name(), ": ", error.what_without_backtrace()));
  } catch (const c10::Error& error) {
    // What was thrown may be the first sign that the device is lost: asking it for its work shows that.
    device_->Synchronize().IgnoreError();
    RETURN_IF_ERROR(Annotate(device_->Health(), name()));
    const std::string text = absl::StrCat(name(), ": ", error.what_without_backtrace());
    // The host's allocator has no exception of its own (c10/core/impl/alloc_cpu.cpp).
    if (absl::StrContains(text, "DefaultCPUAllocator: ")) return absl::ResourceExhaustedError(text);
    return absl::InvalidArgumentError(text);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(name(), ": out of memory"));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat(name(), ": ", error.what()));
  }
}

}  // namespace loadstone
