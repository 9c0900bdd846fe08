// The objects of Python that the evaluator itself knows.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_OBJECT_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_OBJECT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/code.h"
#include "custom_ops/python_source/runtime/heap.h"
#include "custom_ops/python_source/runtime/set_table.h"
#include "custom_ops/python_source/runtime/table.h"
#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

class Evaluator;
struct ClassObject;

// Text as UTF-8. Immutable.
class StrObject : public Object {
 public:
  static constexpr Kind kKind = Kind::kStr;
  explicit StrObject(std::string text);
  absl::string_view text() const { return text_; }
  // In characters, as Python counts.
  int64_t length() const { return length_; }
  bool ascii() const { return length_ == static_cast<int64_t>(text_.size()); }
  uint64_t hash() const { return hash_; }

 private:
  const std::string text_;
  int64_t length_;
  uint64_t hash_;
};

struct TupleObject : Object {
  static constexpr Kind kKind = Kind::kTuple;
  explicit TupleObject(std::vector<Value> values) : Object(kKind), items(std::move(values)) {}
  void Clear() override { items.clear(); }
  std::vector<Value> items;
};

struct ListObject : Object {
  static constexpr Kind kKind = Kind::kList;
  explicit ListObject(std::vector<Value> values = {}) : Object(kKind), items(std::move(values)) {}
  void Clear() override { items.clear(); }
  std::vector<Value> items;
};

struct DictObject : Object {
  static constexpr Kind kKind = Kind::kDict;
  DictObject() : Object(kKind) {}
  void Clear() override { table.Clear(); }
  Table table;
};

struct SetObject : Object {
  static constexpr Kind kKind = Kind::kSet;
  SetObject() : Object(kKind) {}
  void Clear() override { table.Clear(); }
  SetTable table;
};

struct SliceObject : Object {
  static constexpr Kind kKind = Kind::kSlice;
  SliceObject(Value a, Value b, Value c) : Object(kKind), start(std::move(a)), stop(std::move(b)), step(std::move(c)) {}
  void Clear() override { start = stop = step = Value(); }
  Value start, stop, step;
};

struct RangeObject : Object {
  static constexpr Kind kKind = Kind::kRange;
  RangeObject(int64_t a, int64_t b, int64_t c);
  int64_t start, stop, step;
  int64_t length;
};

// A variable that an inner function shares.
struct CellObject : Object {
  static constexpr Kind kKind = Kind::kCell;
  CellObject() : Object(kKind) {}
  void Clear() override { value = Value(); }
  Value value;
};

struct ModuleObject : Object {
  static constexpr Kind kKind = Kind::kModule;
  explicit ModuleObject(std::string module_name) : Object(kKind), name(std::move(module_name)) {}
  void Clear() override { names.Clear(); }
  std::string name;
  Table names;
};

struct FunctionObject : Object {
  static constexpr Kind kKind = Kind::kFunction;
  FunctionObject(std::shared_ptr<const Code> function_code, ModuleObject* module)
      : Object(kKind), code(std::move(function_code)), globals(module) {}
  void Clear() override;
  ModuleObject* module() const { return static_cast<ModuleObject*>(globals.object()); }
  std::shared_ptr<const Code> code;
  Value globals;
  std::vector<Value> defaults;          // of the last positional parameters
  std::vector<Value> keyword_defaults;  // of each keyword-only parameter, or Empty
  std::vector<Value> closure;           // cells
};

// A function of C++ that takes arguments by position.
struct BuiltinObject : Object {
  static constexpr Kind kKind = Kind::kBuiltin;
  // Empty: failed.
  using Function = Value (*)(Evaluator& evaluator, absl::Span<const Value> args);
  BuiltinObject(std::string function_name, size_t fewest, size_t most, Function c_function)
      : Object(kKind), name(std::move(function_name)), min_args(fewest), max_args(most), function(c_function) {}
  std::string name;
  size_t min_args;
  size_t max_args;
  Function function;
};

struct BoundMethodObject : Object {
  static constexpr Kind kKind = Kind::kBoundMethod;
  BoundMethodObject(Value callable, Value object)
      : Object(kKind), function(std::move(callable)), self(std::move(object)) {}
  void Clear() override { function = self = Value(); }
  Value function, self;
};

struct ClassObject : Object {
  static constexpr Kind kKind = Kind::kClass;
  explicit ClassObject(std::string class_name) : Object(kKind), name(std::move(class_name)) {}
  void Clear() override;
  // Null: absent here and in the bases.
  const Value* Find(const StrObject* attribute) const;
  bool IsSubclassOf(const ClassObject* other) const;

  std::string name;
  std::string module_name;  // "builtins" for Python's own
  std::vector<Value> bases;
  std::vector<ClassObject*> mro;  // this class first; kept alive by `bases`
  Table attributes;
  bool is_exception = false;
};

struct InstanceObject : Object {
  static constexpr Kind kKind = Kind::kInstance;
  explicit InstanceObject(ClassObject* instance_class)
      : Object(kKind), cls(instance_class), class_value(instance_class) {}
  void Clear() override {
    attributes.Clear();
    args = Value();
    class_value = Value();
  }
  ClassObject* cls;
  Value class_value;  // keeps cls alive
  Table attributes;
  Value args;  // of an exception: a tuple
};

// What iter() gives. Next() is Empty at the end, and after an error, which the evaluator then holds.
struct IteratorObject : Object {
  static constexpr Kind kKind = Kind::kIterator;
  IteratorObject() : Object(kKind) {}
  virtual Value Next(Evaluator& evaluator) = 0;
  virtual absl::string_view type_name() const = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_OBJECT_H_
