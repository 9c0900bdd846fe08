// One version of one model, loaded, placed and ready to run.
#ifndef LOADSTONE_ENGINE_SERVABLE_H_
#define LOADSTONE_ENGINE_SERVABLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/ivalue.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/device.h"
#include "engine/inputs.h"
#include "engine/model_spec.h"
#include "engine/module.h"

namespace loadstone {

class MappedFile;

// How the model came to be, and what a lenient load left out: a strict one refuses instead.
struct LoadReport {
  std::string loader;  // that read the file
  // The architecture that was told from the weights themselves, and who told it; empty when it was given:
  // "torchvision.models.resnet.resnet50(num_classes=10), by torchvision.resnet".
  std::string recognized;
  // "fc.weight from fc.weight_g and fc.weight_v: weight norm"
  std::vector<std::string> reparametrized;
  std::string stripped_prefix;  // of every key of a state dict: "module.", "_orig_mod.module."
  // In the architecture, not in the file: left at zero, or at what the constructor always gives.
  std::vector<std::string> missing_keys;
  std::vector<std::string> unexpected_keys;  // in the file, not in the architecture
  std::vector<std::string> mismatched_keys;  // "fc.weight: [10, 32] in the file, [12, 32] in the model"
};

// Immutable: any number of threads may call it at once.
class Servable {
 public:
  Servable(ModelSpec spec, std::shared_ptr<const Module> module, std::shared_ptr<const Device> device,
           LoadReport report, std::vector<std::weak_ptr<const MappedFile>> files = {})
      : spec_(std::move(spec)),
        device_(std::move(device)),
        stream_(device_->NewStream()),
        module_(std::move(module)),
        report_(std::move(report)),
        files_(std::move(files)) {}
  Servable(const Servable&) = delete;
  Servable& operator=(const Servable&) = delete;

  const std::string& name() const { return spec_.name; }
  int64_t version() const { return spec_.version; }
  const ModelSpec& spec() const { return spec_; }
  const Module& module() const { return *module_; }
  const Device& device() const { return *device_; }
  const LoadReport& report() const { return report_; }

  // model(*args, **kwargs) in eval and inference mode, on this servable's device: input tensors are moved there,
  // outputs stay there and are complete when this returns. Output tensors are inference tensors (they cannot enter
  // autograd) and may share memory with inputs where the model returns what it was given.
  // InvalidArgument: the model refused its inputs (says in which layer, and why). ResourceExhausted: out of memory.
  // From then on, DataLoss: a file that its weights are views of shrank (see MappedFile); Unavailable: the device is lost.
  absl::StatusOr<c10::IValue> Run(const Inputs& inputs) const;

 private:
  absl::Status CheckFiles() const;
  absl::StatusOr<c10::IValue> RunModule(const Inputs& inputs) const;

  const ModelSpec spec_;
  const std::shared_ptr<const Device> device_;  // outlives the tensors on it
  const c10::Stream stream_;
  const std::shared_ptr<const Module> module_;
  const LoadReport report_;
  const std::vector<std::weak_ptr<const MappedFile>> files_;  // expired where the weights were copied
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_SERVABLE_H_
