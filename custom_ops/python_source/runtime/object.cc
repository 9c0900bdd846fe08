#include "custom_ops/python_source/runtime/object.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

Object::~Object() {
  if (class_ != nullptr) class_->Unref();
}

void Object::set_class(ClassObject* cls) {
  if (cls != nullptr) cls->Ref();
  if (class_ != nullptr) class_->Unref();
  class_ = cls;
}

StrObject::StrObject(std::string text)
    : Object(kKind),
      text_(std::move(text)),
      length_(std::count_if(text_.begin(), text_.end(), [](char byte) { return (byte & 0xC0) != 0x80; })),
      hash_(absl::HashOf(absl::string_view(text_))) {}

RangeObject::RangeObject(int64_t a, int64_t b, int64_t c) : Object(kKind), start(a), stop(b), step(c), length(0) {
  // Unsigned: the distance may be past 63 bits.
  if (step > 0 && start < stop) {
    length = static_cast<int64_t>((static_cast<uint64_t>(stop) - static_cast<uint64_t>(start) - 1) /
                                  static_cast<uint64_t>(step)) +
             1;
  } else if (step < 0 && start > stop) {
    length = static_cast<int64_t>((static_cast<uint64_t>(start) - static_cast<uint64_t>(stop) - 1) /
                                  (0 - static_cast<uint64_t>(step))) +
             1;
  }
}

void FunctionObject::Clear() {
  code.reset();
  globals = Value();
  defaults.clear();
  keyword_defaults.clear();
  closure.clear();
  attributes.Clear();
}

void ClassObject::Clear() {
  bases.clear();
  members = Value();
  mro.clear();
  attributes.Clear();
  found_.Clear();
}

void ClassObject::Flatten() {
  for (auto base = mro.rbegin(); base != mro.rend(); ++base) {
    for (const Table::Entry& entry : (*base)->attributes.entries()) {
      if (entry.key) found_.SetName(entry.key.As<StrObject>(), entry.value);
    }
  }
  flat_ = true;
}

const Value* ClassObject::Find(const StrObject* attribute) const {
  if (flat_) return found_.FindName(attribute);
  for (const ClassObject* base : mro) {
    if (const Value* found = base->attributes.FindName(attribute)) return found;
  }
  return nullptr;
}

bool ClassObject::IsSubclassOf(const ClassObject* other) const {
  return std::find(mro.begin(), mro.end(), other) != mro.end();
}

}  // namespace loadstone::python
