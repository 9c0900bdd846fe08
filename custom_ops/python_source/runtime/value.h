// A Python value: a small number or a counted reference to an object.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_VALUE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_VALUE_H_

#include <cstdint>
#include <utility>

namespace loadstone::python {

class Heap;
struct ClassObject;

// What kind of C++ class an object is.
enum class Kind : uint8_t {
  kStr,
  kTuple,
  kList,
  kDict,
  kSet,
  kSlice,
  kRange,
  kFunction,
  kBuiltin,
  kBoundMethod,
  kClass,
  kInstance,
  kModule,
  kIterator,
  kCell,
  kProperty,
  kStaticMethod,
  kClassMethod,
  kSuper,
};
inline constexpr int kKinds = static_cast<int>(Kind::kSuper) + 1;

// Made by a Heap, deleted when the last Value that refers to it goes. The count is plain: an object belongs to one
// evaluator's thread until it is frozen; from then on its count is never touched and any thread may read it.
class Object {
 public:
  explicit Object(Kind kind) : kind_(kind) {}
  virtual ~Object();
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  Kind kind() const { return kind_; }
  Heap& heap() const { return *heap_; }
  // Null: the class of its kind.
  ClassObject* own_class() const { return class_; }
  void set_class(ClassObject* cls);
  void Ref() {
    if (count_ >= 0) ++count_;
  }
  void Unref() {
    if (count_ >= 0 && --count_ == 0) Destroy();
  }
  bool frozen() const { return count_ < 0; }
  // Is the only reference a Value's own?
  bool unique() const { return count_ == 1; }

 protected:
  // Drops every reference to other objects, to break cycles at the heap's end.
  virtual void Clear() {}

 private:
  friend class Heap;
  void Destroy();

  int32_t count_ = 0;
  const Kind kind_;
  int64_t bytes_ = 0;
  ClassObject* class_ = nullptr;  // counted
  Heap* heap_ = nullptr;
  Object* next_ = nullptr;
  Object** previous_ = nullptr;
};

class Value {
 public:
  enum class Tag : uint8_t { kEmpty, kNone, kEllipsis, kNotImplemented, kBool, kInt, kFloat, kObject };

  // Empty: no Python value. A function that returns it has failed, and the Evaluator holds the error.
  Value() = default;
  static Value None() { return Value(Tag::kNone); }
  static Value Ellipsis() { return Value(Tag::kEllipsis); }
  static Value NotImplemented() { return Value(Tag::kNotImplemented); }
  static Value Bool(bool value) {
    Value result(Tag::kBool);
    result.integer_ = value ? 1 : 0;
    return result;
  }
  static Value Int(int64_t value) {
    Value result(Tag::kInt);
    result.integer_ = value;
    return result;
  }
  static Value Float(double value) {
    Value result(Tag::kFloat);
    result.real_ = value;
    return result;
  }
  explicit Value(Object* object) : tag_(Tag::kObject), object_(object) { object->Ref(); }

  Value(const Value& other) : tag_(other.tag_), integer_(other.integer_) {
    if (tag_ == Tag::kObject) object_->Ref();
  }
  Value(Value&& other) noexcept : tag_(other.tag_), integer_(other.integer_) { other.tag_ = Tag::kEmpty; }
  Value& operator=(const Value& other) {
    if (other.tag_ == Tag::kObject) other.object_->Ref();
    Replace(other.tag_, other.integer_);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    const Tag tag = other.tag_;
    const int64_t bits = other.integer_;
    other.tag_ = Tag::kEmpty;
    Replace(tag, bits);
    return *this;
  }
  ~Value() {
    if (tag_ == Tag::kObject) object_->Unref();
  }

  Tag tag() const { return tag_; }
  // Not Empty.
  explicit operator bool() const { return tag_ != Tag::kEmpty; }
  bool is_none() const { return tag_ == Tag::kNone; }
  bool is_bool() const { return tag_ == Tag::kBool; }
  bool is_int() const { return tag_ == Tag::kInt; }
  bool is_float() const { return tag_ == Tag::kFloat; }
  bool is_object() const { return tag_ == Tag::kObject; }
  // An int or bool: what Python takes where it wants an int.
  bool is_integral() const { return tag_ == Tag::kInt || tag_ == Tag::kBool; }
  bool is_number() const { return is_integral() || is_float(); }
  bool is(Kind kind) const { return tag_ == Tag::kObject && object_->kind() == kind; }

  // REQUIRES: is_integral(), is_float(), is_object() in turn.
  int64_t integer() const { return integer_; }
  double real() const { return real_; }
  Object* object() const { return object_; }
  // REQUIRES: is_number().
  double as_double() const { return is_float() ? real_ : static_cast<double>(integer_); }

  // The object as T, or null when it is of another kind.
  template <typename T>
  T* As() const {
    return is(T::kKind) ? static_cast<T*>(object_) : nullptr;
  }

  // Python's `is`.
  bool Is(const Value& other) const {
    if (tag_ != other.tag_) return false;
    return tag_ <= Tag::kNotImplemented || integer_ == other.integer_;
  }

 private:
  explicit Value(Tag tag) : tag_(tag) {}
  void Replace(Tag tag, int64_t bits) {
    const Tag old_tag = tag_;
    Object* old = object_;
    tag_ = tag;
    integer_ = bits;
    if (old_tag == Tag::kObject) old->Unref();
  }

  Tag tag_ = Tag::kEmpty;
  union {
    int64_t integer_ = 0;
    double real_;
    Object* object_;
  };
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_VALUE_H_
