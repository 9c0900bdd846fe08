// A Python program as a tree of small, immutable nodes. The shape is that of Python's own `ast` module.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_NODE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_NODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadstone::python {

// In brackets: the children, in order. `x?` may be null; `x...` is any number. Further fields of Node after a colon.
enum class NodeKind : uint8_t {
  // Statements.
  kBlock,        // [statement...]; also the whole file
  kFunctionDef,  // [parameters, body, decorator...]: text = name
  kClassDef,     // [arguments, body, decorator...]: text = name
  kReturn,       // [value?]
  kDelete,       // [target...]
  kAssign,       // [value, target...], targets in the order they are assigned
  kAugAssign,    // [target, value]: op
  kAnnAssign,    // [target, value?]: text = the annotation's source
  kFor,          // [target, iterable, body, else?]
  kWhile,        // [condition, body, else?]
  kIf,           // [condition, body, else?]; elif is an If in the else block
  kWith,         // [body, item...]
  kWithItem,     // [context, target?]
  kRaise,        // [exception?, cause?]
  kTry,          // [body, else?, finally?, handler...]
  kHandler,      // [type?, body]: text = name or ""
  kAssert,       // [condition, message?]
  kImport,       // [alias...]
  kImportFrom,   // [alias...]: text = module or "", integer = leading dots
  kAlias,        // [name?]: text = dotted name or "*"; the child is what follows `as`
  kGlobal,       // [name...]
  kNonlocal,     // [name...]
  kExpression,   // [value]
  kPass,         // []
  kBreak,        // []
  kContinue,     // []
  // Expressions.
  kBoolean,        // [left, right]: op = kAnd, kOr
  kNamed,          // [name, value]
  kBinary,         // [left, right]: op
  kUnary,          // [operand]: op
  kLambda,         // [parameters, value]
  kConditional,    // [condition, value, otherwise]
  kDict,           // [key?, value, key?, value...]; a null key is **value
  kSet,            // [item...]
  kList,           // [item...]
  kTuple,          // [item...]
  kListComp,       // [item, clause...]
  kSetComp,        // [item, clause...]
  kDictComp,       // [key, value, clause...]
  kGenerator,      // [item, clause...]
  kClause,         // [target, iterable, condition...]
  kYield,          // [value?]
  kYieldFrom,      // [value]
  kCompare,        // [left, CompareStep...]
  kCompareStep,    // [right]: op
  kCall,           // [function, argument...]: arguments are expressions, Starred, DoubleStarred or Keyword
  kKeyword,        // [value]: text = name
  kStarred,        // [value]
  kDoubleStarred,  // [value]
  kFormatted,      // [value, format (a Joined)?]: op = kConvertStr, kConvertRepr, kConvertAscii or kNone
  kJoined,         // [String or Formatted...]
  kAttribute,      // [value]: text = name
  kSubscript,      // [value, index]
  kSlice,          // [start?, stop?, step?]
  kName,           // []: text
  kInteger,        // []: integer
  kFloat,          // []: real
  kString,         // []: text, with escapes resolved
  kTrue,
  kFalse,
  kNone,
  kEllipsis,  // []
  // Parts.
  kArguments,   // [argument...] of a class
  kParameters,  // [parameter...]
  kParameter,   // [default?]: text = name, op = kNone (by position or name), kPositionalOnly, kKeywordOnly, kStar,
                // kDoubleStar
  // What this parser knows and does not support. Evaluating it is an error; a file may hold it.
  kUnsupported,  // []: text = what it is, "'match' statement"
};

enum class Operator : uint8_t {
  kNone,
  // Binary, in the order of the evaluator's tables.
  kAdd,
  kSubtract,
  kMultiply,
  kMatMultiply,
  kDivide,
  kModulo,
  kPower,
  kLeftShift,
  kRightShift,
  kBitOr,
  kBitXor,
  kBitAnd,
  kFloorDivide,
  // Unary.
  kNot,
  kInvert,
  kNegative,
  kPositive,
  // Boolean.
  kAnd,
  kOr,
  // Comparison.
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIs,
  kIsNot,
  kIn,
  kNotIn,
  // Conversions of f-strings.
  kConvertStr,
  kConvertRepr,
  kConvertAscii,
  // Kinds of parameters.
  kPositionalOnly,
  kKeywordOnly,
  kStar,
  kDoubleStar,
};

struct Node {
  NodeKind kind = NodeKind::kPass;
  Operator op = Operator::kNone;
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // in bytes, from 0
  uint32_t begin = 0;   // of the node's source, in bytes from the file's start
  uint32_t end = 0;
  absl::string_view text;
  absl::Span<const Node* const> children;
  union {
    int64_t integer = 0;
    double real;
  };
};

// "+", "is not", "and", ...
absl::string_view OperatorText(Operator op);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_NODE_H_
