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
class World;

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
  int64_t storage() const { return static_cast<int64_t>(text_.size()); }

 private:
  const std::string text_;
  int64_t length_;
  uint64_t hash_;
};

struct TupleObject : Object {
  static constexpr Kind kKind = Kind::kTuple;
  explicit TupleObject(std::vector<Value> values) : Object(kKind), items(std::move(values)) {}
  void Clear() override { items.clear(); }
  int64_t storage() const { return static_cast<int64_t>(items.capacity() * sizeof(Value)); }
  std::vector<Value> items;
};

struct ListObject : Object {
  static constexpr Kind kKind = Kind::kList;
  explicit ListObject(std::vector<Value> values = {}) : Object(kKind), items(std::move(values)) {}
  void Clear() override { items.clear(); }
  int64_t storage() const { return static_cast<int64_t>(items.capacity() * sizeof(Value)); }
  std::vector<Value> items;
};

struct DictObject : Object {
  static constexpr Kind kKind = Kind::kDict;
  DictObject() : Object(kKind) {}
  void Clear() override {
    table.Clear();
    factory = Value();
  }
  int64_t storage() const { return table.storage(); }
  Table table;
  Value factory;  // of a defaultdict
};

struct SetObject : Object {
  static constexpr Kind kKind = Kind::kSet;
  SetObject() : Object(kKind) {}
  void Clear() override { table.Clear(); }
  int64_t storage() const { return table.storage(); }
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
  void Clear() override {
    names.Clear();
    submodules.Clear();
  }
  // What `attribute` is when `names` lacks it: made when it is first asked for. Empty and !failed(): there is none.
  virtual Value Missing(Evaluator& evaluator, StrObject* attribute) { return Value(); }
  std::string name;
  bool partial = false;  // stands for a larger module: attributes that it lacks are refused, not absent
  Table names;
  Table submodules;  // those already imported
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
  Table attributes;                     // what the source writes to it
};

// A function of C++. Most are made by NewFunction (native.h).
class BuiltinObject : public Object {
 public:
  static constexpr Kind kKind = Kind::kBuiltin;
  // Does it get the object as its first argument when it is found in that object's class? Functions of Python's C
  // modules do not.
  enum class Binds { kNo, kYes };
  BuiltinObject(std::string name, Binds binds) : Object(kKind), name_(std::move(name)), binds_(binds) {}
  // The last arguments go by `keywords`. Empty: failed.
  virtual Value Call(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) = 0;
  const std::string& name() const { return name_; }
  bool binds() const { return binds_ == Binds::kYes; }

 private:
  const std::string name_;
  const Binds binds_;
};

struct BoundMethodObject : Object {
  static constexpr Kind kKind = Kind::kBoundMethod;
  BoundMethodObject(Value callable, Value object)
      : Object(kKind), function(std::move(callable)), self(std::move(object)) {}
  void Clear() override { function = self = Value(); }
  Value function, self;
};

// A class: of Python's own, of C++ (native.h), or of the source.
struct ClassObject : Object {
  static constexpr Kind kKind = Kind::kClass;
  // Makes an object of `cls`, which is this class or derives from it: what __new__ does. __init__ is called afterwards.
  using Make = Value (*)(Evaluator& evaluator, ClassObject* cls, absl::Span<const Value> args,
                         absl::Span<StrObject* const> keywords);
  explicit ClassObject(std::string class_name) : Object(kKind), name(class_name), qualname(std::move(class_name)) {}
  void Clear() override;
  // Null: absent here and in the bases.
  const Value* Find(const StrObject* attribute) const;
  bool IsSubclassOf(const ClassObject* other) const;
  // From now on nothing in it or its bases changes: Find looks in one table.
  void Flatten();

  std::string name;
  std::string qualname;
  std::string module_name;  // "builtins" for Python's own
  std::vector<Value> bases;
  std::vector<ClassObject*> mro;  // this class first; kept alive by `bases`
  Table attributes;
  Make make = nullptr;  // inherited from the first base that has one
  // Called with each class of the source that derives from this one; gives the class that is bound.
  Value (*finish)(Evaluator& evaluator, ClassObject* cls) = nullptr;
  // isinstance() of an abstract class: does it take objects of `cls`? Null: only those of derived classes.
  bool (*includes)(const ClassObject* cls) = nullptr;
  Value members;  // of an enum: a dict of names
  bool is_exception = false;
  bool native = false;     // made by C++: source cannot change it
  bool derivable = true;   // may source derive from it?
  bool closed = false;     // of tuples: are their slices, sums and multiples of this class too?
  std::vector<std::pair<std::string, std::string>> annotations;  // name and text, as the body has them

 private:
  bool flat_ = false;
  Table found_;  // its own attributes and those of its bases
};

// Tells C++'s classes of objects apart: each has a constant of its own.
struct NativeType {};

// An object of a class of the source or of C++. What C++ keeps in one is a member of a derived class, made by the
// class's `make`; methods, properties and operators are attributes of the ClassObject, as Python's.
struct InstanceObject : Object {
  static constexpr Kind kKind = Kind::kInstance;
  explicit InstanceObject(ClassObject* cls, const NativeType* type = nullptr) : Object(kKind), native_type(type) {
    set_class(cls);
  }
  void Clear() override {
    attributes.Clear();
    args = Value();
  }
  ClassObject* cls() const { return own_class(); }
  int64_t storage() const { return attributes.storage(); }
  const NativeType* const native_type;
  Table attributes;
  Value args;  // of an exception: a tuple
};

// The object as T, whose `static constexpr NativeType kType` it was made with; else null.
template <typename T>
T* AsNative(const Value& value) {
  auto* instance = value.As<InstanceObject>();
  return instance != nullptr && instance->native_type == &T::kType ? static_cast<T*>(instance) : nullptr;
}

struct PropertyObject : Object {
  static constexpr Kind kKind = Kind::kProperty;
  PropertyObject(Value get, Value set, Value del)
      : Object(kKind), getter(std::move(get)), setter(std::move(set)), deleter(std::move(del)) {}
  void Clear() override { getter = setter = deleter = Value(); }
  Value getter, setter, deleter;  // None: there is none
};

struct StaticMethodObject : Object {
  static constexpr Kind kKind = Kind::kStaticMethod;
  explicit StaticMethodObject(Value callable) : Object(kKind), function(std::move(callable)) {}
  void Clear() override { function = Value(); }
  Value function;
};

struct ClassMethodObject : Object {
  static constexpr Kind kKind = Kind::kClassMethod;
  explicit ClassMethodObject(Value callable) : Object(kKind), function(std::move(callable)) {}
  void Clear() override { function = Value(); }
  Value function;
};

// What super() gives: attributes of `self` from the classes after `after` in the order of `start`.
struct SuperObject : Object {
  static constexpr Kind kKind = Kind::kSuper;
  SuperObject(Value class_after, Value object, Value object_class)
      : Object(kKind), after(std::move(class_after)), self(std::move(object)), start(std::move(object_class)) {}
  void Clear() override { after = self = start = Value(); }
  Value after, self, start;
};

// What iter() gives. Next() is Empty at the end, and after an error, which the evaluator then holds.
struct IteratorObject : Object {
  static constexpr Kind kKind = Kind::kIterator;
  IteratorObject() : Object(kKind) {}
  virtual Value Next(Evaluator& evaluator) = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_OBJECT_H_
