// The names of methods that Python itself looks up.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SPECIAL_NAMES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SPECIAL_NAMES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/syntax/node.h"

namespace loadstone::python {

enum class Special : uint8_t {
  // Three times the binary operators, in the order of Operator: kAdd + (op - Operator::kAdd).
  kAdd,
  kReflectedAdd = kAdd + 13,
  kInPlaceAdd = kReflectedAdd + 13,
  kNegative = kInPlaceAdd + 13,
  kPositive,
  kInvert,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kNew,
  kInit,
  kCall,
  kGetAttr,
  kGetAttribute,
  kSetAttr,
  kDelAttr,
  kGetItem,
  kSetItem,
  kDelItem,
  kContains,
  kIter,
  kNext,
  kReversed,
  kLen,
  kBool,
  kInt,
  kFloat,
  kIndex,
  kAbs,
  kRound,
  kDivMod,
  kHash,
  kStr,
  kRepr,
  kFormat,
  kEnter,
  kExit,
  kMissing,
  kClass,
  kName,
  kQualName,
  kModule,
  kDict,
  kDoc,
};
inline constexpr int kSpecials = static_cast<int>(Special::kDoc) + 1;

// "__add__"
absl::string_view SpecialText(Special special);

inline Special BinarySpecialOf(Operator op, Special first) {
  return static_cast<Special>(static_cast<int>(first) + static_cast<int>(op) - static_cast<int>(Operator::kAdd));
}
inline Special CompareSpecialOf(Operator op) {
  return static_cast<Special>(static_cast<int>(Special::kEqual) + static_cast<int>(op) -
                              static_cast<int>(Operator::kEqual));
}

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SPECIAL_NAMES_H_
