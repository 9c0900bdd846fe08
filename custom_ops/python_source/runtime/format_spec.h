// The format specifications of Python: f"{x:>8.3f}".
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_FORMAT_SPEC_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_FORMAT_SPEC_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// [[fill]align][sign][z][#][0][width][grouping][.precision][type]
struct FormatSpec {
  std::string fill = " ";  // one character
  char align = 0;          // '<', '>', '^', '=', or 0 for the type's own
  char sign = 0;           // '+', '-', ' ', or 0 for none given
  bool alternate = false;
  int64_t width = 0;
  char grouping = 0;  // ',' or '_'
  int64_t precision = -1;
  char type = 0;
  int64_t digits = 0;  // at least so many: '%.5d' alone has it
};

// False: ValueError, as Python says it.
bool ParseFormatSpec(Evaluator& evaluator, absl::string_view text, const std::string& type_name, FormatSpec& spec);

// Empty: failed, with a ValueError for what the type does not take.
Value FormatText(Evaluator& evaluator, const FormatSpec& spec, const StrObject& text);
Value FormatInt(Evaluator& evaluator, const FormatSpec& spec, int64_t value);
Value FormatFloat(Evaluator& evaluator, const FormatSpec& spec, double value);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_FORMAT_SPEC_H_
