#include "loaders/pickle/value.h"

#include <array>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"

namespace loadstone::pickle {

absl::string_view KindName(Kind kind) {
  static constexpr std::array<absl::string_view, 14> kNames = {
      "None", "bool",  "int", "float", "int",  "str",    "bytes",
      "tuple", "list", "set", "dict",  "name", "object", "persistent id"};
  return kNames[static_cast<size_t>(kind)];
}

Value Value::Bool(bool value) {
  Value result;
  result.kind_ = Kind::kBool;
  result.int_ = value ? 1 : 0;
  return result;
}

Value Value::Int(int64_t value) {
  Value result;
  result.kind_ = Kind::kInt;
  result.int_ = value;
  return result;
}

Value Value::Float(double value) {
  Value result;
  result.kind_ = Kind::kFloat;
  result.float_ = value;
  return result;
}

Value Value::Borrow(Kind kind, absl::string_view bytes) {
  Value result;
  result.kind_ = kind;
  result.size_ = static_cast<uint32_t>(bytes.size());
  result.data_ = bytes.data();
  return result;
}

Value Value::Text(absl::string_view text) { return Borrow(Kind::kText, text); }
Value Value::Bytes(absl::string_view bytes) { return Borrow(Kind::kBytes, bytes); }
Value Value::BigInt(absl::string_view bytes) { return Borrow(Kind::kBigInt, bytes); }

Value Value::Python2String(absl::string_view bytes) {
  Value result = Borrow(Kind::kBytes, bytes);
  result.python2_string_ = true;
  return result;
}

Value Value::Container(Kind kind, Sequence* items) {
  Value result;
  result.kind_ = kind;
  result.sequence_ = items;
  return result;
}

Value Value::Of(Dict* dict) {
  Value result;
  result.kind_ = Kind::kDict;
  result.dict_ = dict;
  return result;
}

Value Value::Of(const Name* name) {
  Value result;
  result.kind_ = Kind::kName;
  result.name_ = name;
  return result;
}

Value Value::Of(Object* object) {
  Value result;
  result.kind_ = Kind::kObject;
  result.object_ = object;
  return result;
}

Value Value::Of(const PersistentId* id) {
  Value result;
  result.kind_ = Kind::kPersistentId;
  result.persistent_id_ = id;
  return result;
}

absl::Span<const Value> Value::items() const {
  if (kind_ != Kind::kTuple && kind_ != Kind::kList && kind_ != Kind::kSet) return {};
  return absl::MakeConstSpan(sequence_->items.data(), sequence_->items.size());
}

bool Value::is_frozen() const { return kind_ == Kind::kSet && sequence_->frozen; }

const Dict* Value::NoDict() {
  static const Dict kNone;
  return &kNone;
}

const Name* Value::NoName() {
  static const Name kNone;
  return &kNone;
}

const Object* Value::NoObject() {
  static const Object kNone{};
  return &kNone;
}

const PersistentId* Value::NoPersistentId() {
  static const PersistentId kNone{};
  return &kNone;
}

bool Value::AsText(absl::string_view* text) const {
  if (kind_ == Kind::kText) {
    *text = bytes();
    return true;
  }
  if (!python2_string_) return false;
  for (char c : bytes()) {
    if (!absl::ascii_isascii(static_cast<unsigned char>(c))) return false;
  }
  *text = bytes();
  return true;
}

bool Value::IsName(absl::string_view module, absl::string_view name) const {
  return kind_ == Kind::kName && name_->name == name && name_->module == module;
}

uint32_t Dict::HashText(absl::string_view text) {
  const uint64_t hash = absl::HashOf(text);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

namespace {

bool IsTextKey(const Value& key, absl::string_view text) {
  return (key.is_text() || key.is_python2_string()) && key.bytes() == text;
}

}  // namespace

const Value* Dict::Find(absl::string_view key) const {
  if (slots.empty()) {
    for (const auto& [entry_key, value] : entries) {
      if (IsTextKey(entry_key, key)) return &value;
    }
    return nullptr;
  }
  const uint32_t hash = HashText(key);
  const size_t mask = slots.size() - 1;
  // At least half of the slots are empty, so this ends.
  for (size_t i = hash & mask; slots[i].entry != kNoEntry; i = (i + 1) & mask) {
    const auto& [entry_key, value] = entries[slots[i].entry];
    if (slots[i].hash == hash && IsTextKey(entry_key, key)) return &value;
  }
  return nullptr;
}

}  // namespace loadstone::pickle
