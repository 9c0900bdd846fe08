#include "engine/attribute.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/module_def.h"

namespace loadstone {

Attribute::Attribute(Sequence sequence) : value_(std::make_shared<const Sequence>(std::move(sequence))) {}
Attribute::Attribute(Dict dict) : value_(std::make_shared<const Dict>(std::move(dict))) {}
Attribute::Attribute(Object object) : value_(std::make_shared<const Object>(std::move(object))) {}
Attribute::Attribute(std::shared_ptr<ModuleDef> module) {
  if (module != nullptr) value_ = std::move(module);
}

Attribute Attribute::Tuple(std::vector<Attribute> items) {
  return Attribute(Sequence{SequenceKind::kTuple, std::move(items)});
}

Attribute Attribute::List(std::vector<Attribute> items) {
  return Attribute(Sequence{SequenceKind::kList, std::move(items)});
}

Attribute Attribute::Ints(const std::vector<int64_t>& values) {
  return Tuple(std::vector<Attribute>(values.begin(), values.end()));
}

std::shared_ptr<ModuleDef> Attribute::module() const {
  const std::shared_ptr<ModuleDef>* pointer = std::get_if<std::shared_ptr<ModuleDef>>(&value_);
  return pointer == nullptr ? nullptr : *pointer;
}

const Attribute* Attribute::Dict::Find(absl::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name.text() != nullptr && *name.text() == key) return &value;
  }
  return nullptr;
}

std::string Attribute::TypeName() const {
  if (is_none()) return "None";
  if (bool_value() != nullptr) return "bool";
  if (int_value() != nullptr) return "int";
  if (float_value() != nullptr) return "float";
  if (text() != nullptr) return "str";
  if (bytes() != nullptr) return "bytes";
  if (tensor() != nullptr) return "Tensor";
  if (symbol() != nullptr) return symbol()->name;
  if (dict() != nullptr) return "dict";
  if (object() != nullptr) return object()->class_name;
  if (const std::shared_ptr<ModuleDef> def = module()) return def->class_name;
  switch (sequence()->kind) {
    case SequenceKind::kTuple: return "tuple";
    case SequenceKind::kList: return "list";
    case SequenceKind::kSet: return "set";
  }
  return "?";
}

}  // namespace loadstone
