#include "custom_ops/python_source/syntax/node.h"

namespace loadstone::python {

absl::string_view OperatorText(Operator op) {
  static constexpr absl::string_view kTexts[] = {"",   "+",  "-", "*",  "@",   "/",  "%",  "**",     "<<",  ">>",
                                                 "|",  "^",  "&", "//", "not", "~",  "-",  "+",      "and", "or",
                                                 "==", "!=", "<", "<=", ">",   ">=", "is", "is not", "in",  "not in"};
  const auto index = static_cast<size_t>(op);
  return index < sizeof(kTexts) / sizeof(kTexts[0]) ? kTexts[index] : "";
}

}  // namespace loadstone::python
