// Values that Python saved, as inputs of a module and to compare its outputs with.
#ifndef LOADSTONE_TESTS_DIFFERENTIAL_PYTHON_VALUES_H_
#define LOADSTONE_TESTS_DIFFERENTIAL_PYTHON_VALUES_H_

#include <string>

#include <ATen/core/ivalue.h>

#include "absl/status/statusor.h"
#include "engine/attribute.h"
#include "engine/inputs.h"
#include "engine/signature.h"

namespace loadstone::testing {

// The value in a torch.save file of these bytes.
absl::StatusOr<Attribute> ReadValue(const std::string& torch_file);

// What a forward is given for it, or gives. One tensor in two places stays one tensor. InvalidArgument: it is no plain
// value.
absl::StatusOr<c10::IValue> ToIValue(const Attribute& value);

// A saved pair of args and kwargs.
absl::StatusOr<Arguments> ToArguments(const Attribute& pair);
absl::StatusOr<Inputs> ToInputs(const Attribute& pair);

// "" when both have the same structure and dtypes and their numbers are as near as torch.testing.assert_close wants by
// default; else the first difference.
std::string Difference(const c10::IValue& actual, const c10::IValue& expected);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_DIFFERENTIAL_PYTHON_VALUES_H_
