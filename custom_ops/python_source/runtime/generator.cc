// Generators of Evaluator.

#include "custom_ops/python_source/runtime/generator.h"

#include <utility>

namespace loadstone::python {

Value GeneratorObject::Next(Evaluator& evaluator) { return Resume(evaluator, Value::None()); }

Value GeneratorObject::Resume(Evaluator& evaluator, Value sent) {
  result_ = Value::None();
  if (state_ == State::kDone) return Value();
  if (state_ == State::kRunning) return evaluator.Raise("ValueError", "generator already executing");
  if (state_ == State::kFresh && !sent.is_none()) {
    return evaluator.Raise("TypeError", "can't send non-None value to a just-started generator");
  }
  return Run(evaluator, std::move(sent));
}

Value GeneratorObject::Throw(Evaluator& evaluator, const Value& exception) {
  result_ = Value::None();
  if (state_ == State::kRunning) return evaluator.Raise("ValueError", "generator already executing");
  const bool waits = state_ == State::kWaiting;
  if (!waits) {
    state_ = State::kDone;
    slots_.clear();
  }
  evaluator.RaiseObject(exception);
  return waits ? Run(evaluator, Value::None()) : Value();
}

// With an exception pending, the step that waits fails with it.
Value GeneratorObject::Run(Evaluator& evaluator, Value sent) {
  if (evaluator.depth_ >= evaluator.limits_.depth) return evaluator.Exceed("calls nested");
  const Value self(this);
  auto* function = static_cast<FunctionObject*>(function_.object());
  Evaluator::Running frame{function->code.get(), function, function->module(), nullptr, slots_.data(),
                           slots_.data() + top_, at_};
  if (state_ == State::kWaiting) frame.top[-1] = std::move(sent);
  state_ = State::kRunning;
  ++evaluator.depth_;
  Value result = evaluator.Run(frame);
  --evaluator.depth_;
  if (frame.yielded) {
    state_ = State::kWaiting;
    top_ = frame.top - slots_.data();
    at_ = frame.at;
    return result;
  }
  state_ = State::kDone;
  slots_.clear();
  if (result) {
    result_ = std::move(result);
  } else if (evaluator.ExceptionClass() == "StopIteration") {
    evaluator.Raise("RuntimeError", "generator raised StopIteration");
  }
  return Value();
}

bool GeneratorObject::Close(Evaluator& evaluator) {
  if (state_ == State::kRunning) return static_cast<bool>(evaluator.Raise("ValueError", "generator already executing"));
  if (state_ != State::kWaiting) {
    state_ = State::kDone;
    slots_.clear();
    return true;
  }
  const Value exit = evaluator.Call(Value(evaluator.world().FindBuiltinClass("GeneratorExit")), {});
  if (!exit) return false;
  if (Throw(evaluator, exit))
    return static_cast<bool>(evaluator.Raise("RuntimeError", "generator ignored GeneratorExit"));
  if (evaluator.Raised("GeneratorExit") || evaluator.Raised("StopIteration")) evaluator.TakeException();
  return !evaluator.failed();
}

void GeneratorObject::Clear() {
  function_ = result_ = Value();
  slots_.clear();
}

}  // namespace loadstone::python
