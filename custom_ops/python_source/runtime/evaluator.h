// Runs Code.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/object.h"
#include "custom_ops/python_source/runtime/world.h"

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
  // With the world's own heap, in load.
  explicit Evaluator(World& world, Limits limits = {}) : Evaluator(world, world.heap(), limits) {}
  // With a heap of its own, once the world is frozen. What it writes to frozen objects is seen by this evaluator alone.
  Evaluator(World& world, Heap& heap, Limits limits = {});
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  World& world() { return world_; }
  Heap& heap() { return heap_; }
  const Limits& limits() const { return limits_; }
  // The one object of a name: the world's if it has one.
  StrObject* Intern(absl::string_view text);

  // Runs a module's code, which binds its names in `module`.
  Value RunModule(const std::shared_ptr<const Code>& code, ModuleObject* module);
  // The module of that dotted name, and its parents. ModuleNotFoundError.
  Value Import(absl::string_view name);
  // The absolute name of `level` dots and a name in an import of `from`. False: ImportError.
  bool ResolveModule(const ModuleObject& from, absl::string_view name, int64_t level, std::string& resolved);
  // What `from x import name` in `from` binds; parts: the module's name, the leading dots, the name.
  Value ImportFrom(const ModuleObject* from, const std::vector<Value>& parts);
  // What `from x import *`, a statement of `into`, binds to `name`. Empty and !failed(): nothing.
  Value ImportStar(ModuleObject* into, const Node& statement, StrObject* name);

  // A name of a module or of Python's own. NameError.
  Value LoadGlobal(ModuleObject* module, StrObject* name);

  // Errors. All give Empty.
  Value Raise(absl::string_view exception_class, std::string message);
  Value RaiseObject(Value exception);
  Value RaiseKey(const Value& key);  // KeyError
  // Valid Python that is not supported here; no `except` catches it.
  Value Refuse(absl::string_view what);
  Value Exceed(absl::string_view what);
  Value Fail(absl::Status status);  // as Refuse, with a code of its own
  bool failed() const { return !fatal_.ok() || static_cast<bool>(exception_); }
  // "ValueError" for an exception of Python, with its message; or the refusal. The places and the call chain are in the
  // message. Clears it.
  absl::Status TakeError();
  // Is an exception of Python pending that is a `name` of Python's own?
  bool Raised(absl::string_view name);
  // The class of the exception of Python that is pending, or "".
  std::string ExceptionClass() const;
  Value TakeException();

  // Operators.
  Value Binary(Operator op, const Value& left, const Value& right);
  Value InPlace(Operator op, const Value& left, const Value& right);
  Value Unary(Operator op, const Value& operand);
  Value Compare(Operator op, const Value& left, const Value& right);
  int Equal(const Value& left, const Value& right);  // bool(left == right): 1, 0, -1
  int Contains(const Value& container, const Value& item);
  int Truth(const Value& value);
  bool Hash(const Value& value, uint64_t& hash);
  // operator.index(): an int, or an object with __index__. False: TypeError.
  bool Index(const Value& value, int64_t& number);

  // Containers.
  Value GetItem(const Value& container, const Value& index);
  bool SetItem(const Value& container, const Value& index, const Value& value);
  bool DeleteItem(const Value& container, const Value& index);
  Value Iterate(const Value& iterable);
  // Empty and !failed(): the end.
  Value Next(const Value& iterator);
  // Appends all items, or at most `most`.
  bool TakeItems(const Value& iterator, int64_t most, std::vector<Value>& items);
  bool ToVector(const Value& iterable, std::vector<Value>& items);
  int64_t Length(const Value& value);
  bool DictSet(DictObject* dict, const Value& key, const Value& value);
  // Empty and !failed(): absent.
  Value DictGet(const DictObject* dict, const Value& key);
  bool SetAdd(SetObject* set, const Value& item);
  // dict.update(from).
  bool DictUpdate(const Value& dict, const Value& from);
  // `cls` null: a set; else frozenset.
  Value CopySet(const SetTable& table, ClassObject* cls);
  // | & - ^ of two sets.
  Value SetBinary(Operator op, const Value& left, const Value& right);
  // ^=
  bool ToggleAll(SetTable& table, const SetTable& other);
  int IsSubset(const SetTable& smaller, const SetTable& larger);

  // Attributes.
  Value GetAttribute(const Value& object, StrObject* name);
  bool SetAttribute(const Value& object, StrObject* name, const Value& value);
  bool DeleteAttribute(const Value& object, StrObject* name);
  // Empty and !failed(): AttributeError, as hasattr() and getattr() with a default see it.
  Value FindAttribute(const Value& object, StrObject* name);
  // What the object itself holds, without its class. What a frozen object holds may be written in this call.
  Value GetOwn(const InstanceObject* object, StrObject* name);
  // The same to look at only: a list, dict or set that may be frozen.
  Value PeekOwn(const InstanceObject* object, StrObject* name) const;
  bool SetOwn(InstanceObject* object, StrObject* name, const Value& value);
  bool DeleteOwn(InstanceObject* object, StrObject* name);  // AttributeError
  // Has this call written attributes of frozen objects, which end with it?
  bool wrote() const { return !written_.empty(); }
  // A list, dict or set of a frozen object: this call's own copy of it. Others as they are.
  Value Thaw(const Value& value);
  // object.__setattr__ and object.__getattribute__, without the class's __setattr__ and __getattr__.
  bool SetPlain(const Value& object, StrObject* name, const Value& value);
  Value GetPlain(const Value& object, StrObject* name);

  // Calls. The last arguments go by `keywords`.
  Value Call(const Value& function, absl::Span<const Value> args, absl::Span<StrObject* const> keywords = {});
  Value CallMethod(const Value& object, absl::string_view name, absl::Span<const Value> args = {});
  // Calls a method that Python looks up on the class alone. `found` false: there is none.
  Value CallSpecial(const Value& object, Special name, absl::Span<const Value> args, bool& found);

  // Text.
  Value Str(const Value& value);
  Value Repr(const Value& value);
  Value Text(std::string text);
  Value Format(const Value& value, absl::string_view specification);
  // str.format; attributes in its text are refused.
  Value FormatBraces(absl::string_view format, const TupleObject& args, const DictObject& keywords);

  ClassObject* ClassOf(const Value& value) const { return world_.ClassOf(value); }
  const std::string& TypeName(const Value& value) const { return ClassOf(value)->name; }
  // isinstance and issubclass: 1, 0, -1. `classes` is a class or a tuple of them, nested.
  int IsInstance(const Value& value, const Value& classes);
  int IsSubclass(const Value& cls, const Value& classes);
  // A class as the statement `class` makes it.
  Value MakeClass(ClassObject* cls);

  // May a container hold this many items? False: too much.
  bool Allow(int64_t items);
  // Counts what `object` weighs after it has grown. False: too much.
  template <typename T>
  bool Grown(T* object) {
    object->heap().Charge(object, static_cast<int64_t>(sizeof(T)) + object->storage());
    return heap_.bytes() <= limits_.bytes || ExceedBytes();
  }
  // May a list, dict, set, cell, class or module be changed in this call? False: refused.
  bool AllowChange(const Object* object, absl::string_view what);

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
  Value CallWithSelf(const Value& function, const Value& self, absl::Span<const Value> args,
                     absl::Span<StrObject* const> keywords);
  Value Instantiate(ClassObject* cls, absl::Span<const Value> args, absl::Span<StrObject* const> keywords);
  bool ReprInto(const Value& value, std::string& text, int depth);
  bool Unpack(const Value& value, int before, int after, bool starred, Value*& top);
  void Trace(const Running& frame);
  bool ExceedBytes();
  bool CountStep();

  // The steps of Run that are too long for it. All pop their operands.
  bool Fails(Running& frame, int at);
  Value MakeFunction(Running& frame, const Instruction& instruction);
  Value BuildClass(Running& frame, const Instruction& instruction);
  Value BuildSet(Running& frame, int count);
  Value BuildDict(Running& frame, int pairs);
  bool ExtendSet(Running& frame, bool constant);
  bool MergeDict(Running& frame, bool call);
  Value CallStep(Running& frame, const Instruction& instruction);
  Value CallSpread(Running& frame);
  Value SuperStep(Running& frame, const Instruction& instruction);
  bool LoadMethod(Running& frame, StrObject* name);
  void RaiseStep(Running& frame, bool cause);
  Value MatchException(Running& frame, const Value& exception);
  bool EnterStep(Running& frame, int exit_slot);
  Value ImportStep(Running& frame, const Instruction& instruction);

  // Imports.
  Value ImportName(const Value& module, StrObject* name);

  // Attributes.
  Value Bind(const Value& found, const Value& object, ClassObject* cls);
  Value GetOfClass(ClassObject* cls, StrObject* name);
  Value GetOfSuper(const SuperObject& super, StrObject* name);
  Value GetOfFunction(const Value& function, StrObject* name);
  Value Missing(const Value& object, StrObject* name);
  Value GetOfPartial(const ModuleObject& module, const StrObject& name);

  Value SequenceBinary(Operator op, const Value& left, const Value& right);
  Value SetInPlace(Operator op, const Value& left, const Value& right);
  Value SetCompare(Operator op, const Value& left, const Value& right);
  Value FormatPercent(const StrObject& format, const Value& values);
  bool Unhashable(const Value& value);
  Value BinarySpecial(Operator op, const Value& left, const Value& right);
  Value RichCompare(Operator op, const Value& left, const Value& right);
  // `made`, of `from`'s class where that is closed.
  static Value Closed(Value made, const Value& from);
  Value Concatenate(const std::vector<Value>& left, const std::vector<Value>& right, bool tuple);
  bool NormalizeIndex(const Value& index, int64_t length, absl::string_view what, int64_t& at);
  Value TakeSlice(const Value& container, const SliceObject& slice);
  bool AssignSlice(ListObject* list, const SliceObject& slice, const Value* value);
  // `count` fresh Empty values, to be given back; null: too deep.
  Value* TakeStack(int count);
  void GiveBack(Value* from, int count);

  World& world_;
  Heap& heap_;
  const Limits limits_;
  // Memory for values, of which those before stack_free_ live: filling all of it would cost more than many a call.
  const std::unique_ptr<std::byte[]> stack_;
  Value* stack_free_;
  Value* const stack_end_;
  Value exception_;
  absl::Status fatal_;
  std::string trace_;
  int64_t steps_ = 0;
  int depth_ = 0;
  int iterating_ = 0;  // iterators that read from iterators
  // What this call has written to frozen objects.
  absl::flat_hash_map<const Object*, std::unique_ptr<Table>> written_;
  absl::flat_hash_map<const Object*, Value> thawed_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_EVALUATOR_H_
