// A Python parameter list, and the binding of positional and keyword arguments to it.
#ifndef LOADSTONE_ENGINE_SIGNATURE_H_
#define LOADSTONE_ENGINE_SIGNATURE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/named.h"

namespace loadstone {

// The arguments of a constructor: Class(*positional, **keyword).
struct Arguments {
  std::vector<Attribute> positional;
  NamedList<Attribute> keyword;
};

// Binds `arguments` to `signature`, the text between the parentheses of Python's `def __init__(self, …)` without
// `self` and annotations: "in_features, out_features, bias=True, device=None". Defaults are literals: None, True,
// False, ints, floats, quoted strings, tuples of these, or the dotted name of a function or class. A last `*args` or
// `**kwargs` takes what is left, as a tuple or dict of that name without the stars; a lone `*` is understood.
// The result has one entry for each parameter, in its order. `callee` is what messages call the function.
// InvalidArgument, in the words of Python's TypeError: too many, missing, unknown or doubly given arguments.
absl::StatusOr<NamedList<Attribute>> BindArguments(absl::string_view callee, absl::string_view signature,
                                                   const Arguments& arguments);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_SIGNATURE_H_
