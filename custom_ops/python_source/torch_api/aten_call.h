// The one place where operators of ATen are called.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ATEN_CALL_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ATEN_CALL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/torch_api/overload.h"

namespace loadstone::python {

// An operator by its name, with all of its overloads. Made once per process and never changed.
struct AtenOperator {
  std::string name;                 // "add"
  std::vector<Overload> overloads;  // in the order in which Python's argument parser tries them
};

// How Python writes the call: torch.add(input, ...), input.add(...), or input + ..., which gives NotImplemented when no
// overload takes the arguments. A method's first argument has no name.
enum class CallForm { kFunction, kMethod, kOperator };

// Null: there is none, or source may not reach it.
const AtenOperator* FindAtenOperator(absl::string_view name);

// Binds the arguments to the first overload that takes them, as Python's argument parser does, and calls it. The last
// arguments go by `keywords`. A result that is one of the arguments' tensors is that argument, so that `is` holds.
// Empty: failed; TypeError names the operator, the given types and the overloads.
Value AtenCall(Evaluator& evaluator, const AtenOperator& aten, absl::Span<const Value> args,
               absl::Span<StrObject* const> keywords = {}, CallForm form = CallForm::kFunction);
// REQUIRES: source may reach `name`.
Value AtenCall(Evaluator& evaluator, absl::string_view name, absl::Span<const Value> args,
               absl::Span<StrObject* const> keywords = {}, CallForm form = CallForm::kFunction);

// Calls `function`, which uses ATen, and turns what it throws into an error of Python.
template <typename Function>
Value CatchAten(Evaluator& evaluator, Function function);

// Raises what the exception being handled is in Python. Gives Empty.
Value RaiseCaught(Evaluator& evaluator);

template <typename Function>
Value CatchAten(Evaluator& evaluator, Function function) {
  try {
    return function();
  } catch (...) {
    return RaiseCaught(evaluator);
  }
}

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ATEN_CALL_H_
