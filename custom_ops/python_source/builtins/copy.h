// copy.deepcopy, for classes of C++ that have parts of their own.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_COPY_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_COPY_H_

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// A deep copy. `memo` is what __deepcopy__(self, memo) was given, or a NewMemo(): one object is copied once. A class of
// C++ has a method __deepcopy__, which first remembers its copy, or is refused. Empty: failed.
Value DeepCopy(Evaluator& evaluator, const Value& value, const Value& memo);
Value NewMemo(Evaluator& evaluator);
void RememberCopy(const Value& memo, const Value& original, const Value& copy);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_COPY_H_
