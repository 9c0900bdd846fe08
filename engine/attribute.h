// A Python value as plain data: a module's attribute, or an argument of its constructor.
#ifndef LOADSTONE_ENGINE_ATTRIBUTE_H_
#define LOADSTONE_ENGINE_ATTRIBUTE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"

namespace loadstone {

struct ModuleDef;

// Containers are shared, so two attributes that were one Python object still are. Immutable once shared; any thread
// may read.
class Attribute {
 public:
  struct None {};
  // A class, function or dtype, by its qualified name: "torch.nn.functional.relu", "torch.float32".
  struct Symbol {
    std::string name;
  };
  // 8-bit data that is not text.
  struct Bytes {
    std::string data;
  };
  enum class SequenceKind { kTuple, kList, kSet };
  struct Sequence {
    SequenceKind kind = SequenceKind::kTuple;
    std::vector<Attribute> items;
  };
  struct Dict {
    std::vector<std::pair<Attribute, Attribute>> entries;
    // The value under a text key, or null.
    const Attribute* Find(absl::string_view key) const;
  };
  // An instance of a class that is not a module, kept inert: what its pickle recorded, nothing interpreted.
  struct Object;

  Attribute() = default;
  Attribute(bool value) : value_(value) {}                    // NOLINT: literals read as in Python
  Attribute(int value) : value_(int64_t{value}) {}            // NOLINT
  Attribute(int64_t value) : value_(value) {}                 // NOLINT
  Attribute(double value) : value_(value) {}                  // NOLINT
  Attribute(const char* text) : value_(std::string(text)) {}  // NOLINT
  Attribute(std::string text) : value_(std::move(text)) {}    // NOLINT
  Attribute(at::Tensor tensor) : value_(std::move(tensor)) {}  // NOLINT
  Attribute(Symbol symbol) : value_(std::move(symbol)) {}      // NOLINT
  Attribute(Bytes bytes) : value_(std::move(bytes)) {}         // NOLINT
  Attribute(Sequence sequence);                                // NOLINT
  Attribute(Dict dict);                                        // NOLINT
  Attribute(Object object);                                    // NOLINT
  Attribute(std::shared_ptr<ModuleDef> module);                // NOLINT: null is None

  static Attribute Tuple(std::vector<Attribute> items);
  static Attribute List(std::vector<Attribute> items);
  static Attribute Ints(const std::vector<int64_t>& values);  // a tuple

  // Null when the value is of another type. A bool is no int here, as JSON has it; `As…` in AttributeReader converts.
  bool is_none() const { return std::holds_alternative<None>(value_); }
  const bool* bool_value() const { return std::get_if<bool>(&value_); }
  const int64_t* int_value() const { return std::get_if<int64_t>(&value_); }
  const double* float_value() const { return std::get_if<double>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const Bytes* bytes() const { return std::get_if<Bytes>(&value_); }
  const at::Tensor* tensor() const { return std::get_if<at::Tensor>(&value_); }
  const Symbol* symbol() const { return std::get_if<Symbol>(&value_); }
  const Sequence* sequence() const { return Pointee<Sequence>(); }
  const Dict* dict() const { return Pointee<Dict>(); }
  const Object* object() const { return Pointee<Object>(); }
  // A module kept as a plain attribute (in a Python list, say), or given as a constructor's argument.
  std::shared_ptr<ModuleDef> module() const;

  // "int", "tuple", "Tensor", "shop.config.Config", ...: for messages.
  std::string TypeName() const;

 private:
  template <typename T>
  const T* Pointee() const {
    const std::shared_ptr<const T>* pointer = std::get_if<std::shared_ptr<const T>>(&value_);
    return pointer == nullptr ? nullptr : pointer->get();
  }

  std::variant<None, bool, int64_t, double, std::string, Bytes, at::Tensor, Symbol, std::shared_ptr<const Sequence>,
               std::shared_ptr<const Dict>, std::shared_ptr<const Object>, std::shared_ptr<ModuleDef>>
      value_;
};

struct Attribute::Object {
  std::string class_name;           // or the function's name, for the result of a call
  std::vector<Attribute> args;      // of the call that made it
  Attribute state;                  // what BUILD gave it: usually the instance's __dict__
  std::vector<Attribute> items;     // what was appended, for list subclasses
  Dict entries;                     // what was set, for dict subclasses
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_ATTRIBUTE_H_
