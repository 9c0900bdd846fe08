// Values as text that is equal exactly when the values are: what the conformance suites compare.
#ifndef LOADSTONE_ENGINE_TESTING_FINGERPRINT_H_
#define LOADSTONE_ENGINE_TESTING_FINGERPRINT_H_

#include <string>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "engine/loader.h"
#include "engine/module.h"

namespace loadstone::testing {

// Each reads every byte of every tensor, so that a view past its memory is found (by AddressSanitizer at the latest).
// The texts of one process may be compared; they mean nothing to another.
std::string Fingerprint(const at::Tensor& tensor);
std::string Fingerprint(const c10::IValue& value);
std::string Fingerprint(const Module& module);  // its class and tensors
std::string Fingerprint(const ModelContent& content);

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_FINGERPRINT_H_
