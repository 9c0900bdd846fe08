#include "custom_ops/python_source/runtime/special_names.h"

namespace loadstone::python {

absl::string_view SpecialText(Special special) {
  static constexpr absl::string_view kTexts[] = {
      "__add__",     "__sub__",     "__mul__",      "__matmul__",       "__truediv__",   "__mod__",      "__pow__",
      "__lshift__",  "__rshift__",  "__or__",       "__xor__",          "__and__",       "__floordiv__", "__radd__",
      "__rsub__",    "__rmul__",    "__rmatmul__",  "__rtruediv__",     "__rmod__",      "__rpow__",     "__rlshift__",
      "__rrshift__", "__ror__",     "__rxor__",     "__rand__",         "__rfloordiv__", "__iadd__",     "__isub__",
      "__imul__",    "__imatmul__", "__itruediv__", "__imod__",         "__ipow__",      "__ilshift__",  "__irshift__",
      "__ior__",     "__ixor__",    "__iand__",     "__ifloordiv__",    "__neg__",       "__pos__",      "__invert__",
      "__eq__",      "__ne__",      "__lt__",       "__le__",           "__gt__",        "__ge__",       "__new__",
      "__init__",    "__call__",    "__getattr__",  "__getattribute__", "__setattr__",   "__delattr__",  "__getitem__",
      "__setitem__", "__delitem__", "__contains__", "__iter__",         "__next__",      "__reversed__", "__len__",
      "__bool__",    "__int__",     "__float__",    "__index__",        "__abs__",       "__round__",    "__divmod__",
      "__hash__",    "__str__",     "__repr__",     "__format__",       "__enter__",     "__exit__",     "__missing__",
      "__class__",   "__name__",    "__qualname__", "__module__",       "__dict__",      "__doc__"};
  static_assert(sizeof(kTexts) / sizeof(kTexts[0]) == kSpecials);
  return kTexts[static_cast<int>(special)];
}

}  // namespace loadstone::python
