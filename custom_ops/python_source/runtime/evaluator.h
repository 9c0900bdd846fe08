// Runs Code.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

// What a program may use; past it the call ends with ResourceExhausted, which no `except` of Python catches.
struct Limits {
  int64_t steps = 50'000'000;  // calls and turns of loops
  int depth = 200;             // of calls, and of nested containers where they are compared, hashed or shown
  int64_t bytes = int64_t{1} << 30;
  int64_t items = int64_t{1} << 26;  // of one container or text
};

// One thread. A member that returns an Empty Value, false or -1 has failed: the error is here until TakeError().
class Evaluator {
 public:
  explicit Evaluator(Heap& heap, Limits limits = {});
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  Heap& heap() { return heap_; }
  const Limits& limits() const { return limits_; }

  // Runs a module's code, which binds its names in `module`.
  Value RunModule(const std::shared_ptr<const Code>& code, ModuleObject* module);

  // Errors. All give Empty.
  Value Raise(absl::string_view exception_class, std::string message);
  Value RaiseObject(Value exception);
  // Valid Python that is not supported here; no `except` catches it.
  Value Refuse(absl::string_view what);
  Value Exceed(absl::string_view what);
  bool failed() const { return !fatal_.ok() || static_cast<bool>(exception_); }
  // "ValueError" for an exception of Python, with its message; or the refusal. The places and the call chain are in the
  // message. Clears it.
  absl::Status TakeError();
  // The class of the exception of Python that is pending, or "".
  std::string ExceptionClass() const;

  // Operators.
  Value Binary(Operator op, const Value& left, const Value& right);
  Value InPlace(Operator op, const Value& left, const Value& right);
  Value Unary(Operator op, const Value& operand);
  Value Compare(Operator op, const Value& left, const Value& right);
  int Equal(const Value& left, const Value& right);  // 1, 0, -1
  int Contains(const Value& container, const Value& item);
  int Truth(const Value& value);
  bool Hash(const Value& value, uint64_t& hash);

  // Containers.
  Value GetItem(const Value& container, const Value& index);
  bool SetItem(const Value& container, const Value& index, const Value& value);
  bool DeleteItem(const Value& container, const Value& index);
  Value Iterate(const Value& iterable);
  // Empty and !failed(): the end.
  Value Next(const Value& iterator) { return static_cast<IteratorObject*>(iterator.object())->Next(*this); }
  bool ToVector(const Value& iterable, std::vector<Value>& items);
  int64_t Length(const Value& value);

  // Attributes.
  Value GetAttribute(const Value& object, StrObject* name);
  bool SetAttribute(const Value& object, StrObject* name, const Value& value);

  // Calls. The last arguments go by `keywords`.
  Value Call(const Value& function, absl::Span<const Value> args, absl::Span<StrObject* const> keywords = {});

  // Text.
  Value Str(const Value& value);
  Value Repr(const Value& value);
  Value Text(std::string text);

  std::string TypeName(const Value& value) const;
  ClassObject* ClassOf(const Value& value) const;
  void AddBuiltin(absl::string_view name, Value value);
  // Null: there is none.
  ClassObject* FindBuiltinClass(absl::string_view name);
  // Counts what a container is about to hold. False: too much.
  bool Allow(int64_t items);

 private:
  friend class GeneratorObject;
  // A call under way: its slots, then its operands.
  struct Running {
    const Code* code;
    FunctionObject* function;  // null in a module or class body
    ModuleObject* module;
    Table* names;  // of a class body
    Value* slots;
    Value* top;  // the first free operand
    int at = 0;
    bool yielded = false;
  };

  Value Run(Running& frame);
  bool BindArguments(const FunctionObject& function, absl::Span<const Value> args,
                     absl::Span<StrObject* const> keywords, Value* slots);
  Value CallFunction(FunctionObject* function, absl::Span<const Value> args, absl::Span<StrObject* const> keywords);
  Value LoadGlobal(ModuleObject* module, StrObject* name);
  bool ReprInto(const Value& value, std::string& text, int depth);
  bool Unpack(const Value& value, int before, int after, bool starred, Value*& top);
  void Trace(const Running& frame);
  void DefineExceptions();

  bool Fails(Running& frame, int at);
  Value MakeFunction(Running& frame, const Instruction& instruction);
  Value MakeClass(Running& frame, const Instruction& instruction);
  Value Format(const Value& value, Operator conversion, const Value& format);
  Value Instantiate(ClassObject* cls, absl::Span<const Value> args, absl::Span<StrObject* const> keywords);
  Value SequenceBinary(Operator op, const Value& left, const Value& right);
  // Calls a method that Python looks up on the class alone. `found` false: there is none.
  Value CallSpecial(const Value& object, absl::string_view name, absl::Span<const Value> args, bool& found);
  Value BinarySpecial(Operator op, const Value& left, const Value& right);
  Value Concatenate(const std::vector<Value>& left, const std::vector<Value>& right, bool tuple);
  bool NormalizeIndex(const Value& index, int64_t length, absl::string_view what, int64_t& at);
  Value TakeSlice(const Value& container, const SliceObject& slice);
  // `count` fresh Empty values, to be given back; null: too deep.
  Value* TakeStack(int count);
  void GiveBack(Value* from, int count);

  Heap& heap_;
  const Limits limits_;
  std::unique_ptr<Value[]> stack_;
  Value* stack_free_;
  Value* stack_end_;
  ModuleObject* builtins_;
  Value builtins_value_;
  Value exception_;
  absl::Status fatal_;
  std::string trace_;
  int64_t steps_ = 0;
  int depth_ = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_
