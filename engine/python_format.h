// Text as Python writes it: str() and repr() of plain values, for print(model) and for messages.
#ifndef LOADSTONE_ENGINE_PYTHON_FORMAT_H_
#define LOADSTONE_ENGINE_PYTHON_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/attribute.h"

namespace loadstone {

// The shortest text that reads back as the same double, by float.__repr__'s rules: "0.0001", "1e-05", "1e+16", "2.0".
std::string PythonFloat(double value);
// A quoted string, by str.__repr__'s choice of quote and escapes.
std::string PythonQuote(absl::string_view text);
// "(3, 3)", "(3,)", "()".
std::string PythonTuple(absl::Span<const int64_t> values);

// str(value) and repr(value); they differ for text only. A tensor prints as its shape, a module as its class.
// Values of files may be endless: past 1 MiB, and past 100 levels of containers, the text goes on as "...".
std::string PythonStr(const Attribute& value);
std::string PythonRepr(const Attribute& value);

// "[10, 16]": a shape as torch.Size prints it inside messages.
std::string ShapeText(absl::Span<const int64_t> sizes);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_PYTHON_FORMAT_H_
