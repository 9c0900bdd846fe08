// Classes as arguments of constructors.
#ifndef LOADSTONE_CUSTOM_OPS_TORCHVISION_CLASS_NAME_H_
#define LOADSTONE_CUSTOM_OPS_TORCHVISION_CLASS_NAME_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/attribute_reader.h"

namespace loadstone::torchvision {

// The qualified name of the class that is the argument `name`: a class, or its name as text. `fallback` for None.
// Notes anything else (functools.partial, say), and None where there is no fallback.
inline std::string ClassName(AttributeReader& arguments, absl::string_view name, absl::string_view fallback) {
  const Attribute& value = arguments.Get(name);
  if (value.symbol() != nullptr) return value.symbol()->name;
  if (value.text() != nullptr) return *value.text();
  if (!value.is_none() || fallback.empty()) {
    arguments.Fail(absl::StrCat("'", name, "' is ", value.TypeName(), ", needs a class or its qualified name"));
  }
  return std::string(fallback);
}

}  // namespace loadstone::torchvision

#endif  // LOADSTONE_CUSTOM_OPS_TORCHVISION_CLASS_NAME_H_
