#include "custom_ops/torch_nn/deep_copy.h"

#include <memory>

#include <ATen/core/Tensor.h>

#include "absl/container/flat_hash_map.h"
#include "engine/attribute.h"
#include "engine/named.h"
#include "engine/requires_grad.h"

namespace loadstone {
namespace {

class Copier {
 public:
  std::shared_ptr<ModuleDef> Copy(const ModuleDef& module) {
    std::shared_ptr<ModuleDef>& copy = modules_[&module];
    if (copy != nullptr) return copy;
    copy = std::make_shared<ModuleDef>(module);
    const std::shared_ptr<ModuleDef> result = copy;  // `copy` may move when the map grows
    for (Named<at::Tensor>& entry : result->parameters) entry.value = CopyTensor(entry.value);
    for (Named<at::Tensor>& entry : result->buffers) entry.value = CopyTensor(entry.value);
    for (Named<std::shared_ptr<ModuleDef>>& entry : result->children) {
      if (entry.value != nullptr) entry.value = Copy(*entry.value);
    }
    for (Named<Attribute>& entry : result->attributes) {
      if (const std::shared_ptr<ModuleDef> child = entry.value.module()) entry.value = Copy(*child);
      if (const at::Tensor* tensor = entry.value.tensor()) entry.value = CopyTensor(*tensor);
    }
    return result;
  }

 private:
  at::Tensor CopyTensor(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    at::Tensor& copy = tensors_[tensor.unsafeGetTensorImpl()];
    if (!copy.defined()) {
      copy = tensor.detach().clone();
      SetRequiresGrad(copy, tensor.requires_grad());
    }
    return copy;
  }

  absl::flat_hash_map<const ModuleDef*, std::shared_ptr<ModuleDef>> modules_;
  absl::flat_hash_map<const void*, at::Tensor> tensors_;
};

}  // namespace

std::shared_ptr<ModuleDef> DeepCopy(const ModuleDef& module) { return Copier().Copy(module); }

}  // namespace loadstone
