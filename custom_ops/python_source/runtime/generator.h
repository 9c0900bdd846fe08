// A generator of the source.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_GENERATOR_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_GENERATOR_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// A call that waits after a yield. It keeps its own slots, since others run in between.
class GeneratorObject : public IteratorObject {
 public:
  GeneratorObject(FunctionObject* function, std::vector<Value> slots)
      : function_(function), slots_(std::move(slots)), top_(function->code->slots) {}

  Value Next(Evaluator& evaluator) override;
  // What yield gives is `sent`.
  Value Resume(Evaluator& evaluator, Value sent);
  // What yield does is raise `exception`; as Resume otherwise.
  Value Throw(Evaluator& evaluator, const Value& exception);
  // What it returned, once Next() was Empty without an error.
  const Value& result() const { return result_; }
  // Ends it where it waits. False: failed.
  bool Close(Evaluator& evaluator);
  int64_t storage() const { return static_cast<int64_t>(slots_.capacity() * sizeof(Value)); }

 protected:
  void Clear() override;

 private:
  Value Run(Evaluator& evaluator, Value sent);

  enum class State { kFresh, kWaiting, kRunning, kDone } state_ = State::kFresh;
  Value function_;
  Value result_ = Value::None();
  std::vector<Value> slots_;
  std::ptrdiff_t top_;
  int at_ = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_GENERATOR_H_
