// Reads all of what a load gave, so that a tensor outside of its memory is found by the hardware or a sanitizer.
#ifndef LOADSTONE_TESTS_ATTACKS_WALK_H_
#define LOADSTONE_TESTS_ATTACKS_WALK_H_

#include <ATen/core/Tensor.h>

#include "absl/status/status.h"
#include "engine/byte_source.h"
#include "engine/module.h"

namespace loadstone::testing {

// Reads every element that the tensor reaches. InvalidArgument: it was made of parts that ATen finds do not fit.
absl::Status Touch(const at::Tensor& tensor);
// Every tensor of the module and those below it.
absl::Status TouchModule(const Module& module);
// Opens a torch.save file, interprets all of it and touches every tensor. OpenTorchFile's or Interpreter's error.
absl::Status InterpretAndTouch(const ByteSource& source);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_ATTACKS_WALK_H_
