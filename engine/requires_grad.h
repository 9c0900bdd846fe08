// Whether a parameter wants gradients.
#ifndef LOADSTONE_ENGINE_REQUIRES_GRAD_H_
#define LOADSTONE_ENGINE_REQUIRES_GRAD_H_

#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>

namespace loadstone {

// Marks `tensor` as Python's Parameter(tensor, requires_grad) is. No gradient is ever computed here; but at::matmul
// computes in another order, and so rounds differently, when a matrix wants gradients (should_fold in
// aten/src/ATen/native/LinearAlgebra.cpp), whatever the grad mode is. Only floating point and complex tensors can want
// them; others stay as they are.
inline void SetRequiresGrad(const at::Tensor& tensor, bool requires_grad) {
  if (tensor.requires_grad() == requires_grad) return;
  if (c10::isFloatingType(tensor.scalar_type()) || c10::isComplexType(tensor.scalar_type())) {
    tensor.set_requires_grad(requires_grad);
  }
}

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_REQUIRES_GRAD_H_
