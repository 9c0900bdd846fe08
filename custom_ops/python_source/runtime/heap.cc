#include "custom_ops/python_source/runtime/heap.h"

#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

void Object::Destroy() { heap_->Destroy(this); }

Heap::~Heap() {
  interned_.clear();
  // First nothing counts any more, then nothing refers to anything, then the memory goes.
  Freeze();
  for (Object* object = first_; object != nullptr; object = object->next_) {
    object->class_ = nullptr;
    object->Clear();
  }
  while (first_ != nullptr) {
    Object* object = first_;
    first_ = object->next_;
    delete object;
  }
}

void Heap::Freeze() {
  for (Object* object = first_; object != nullptr; object = object->next_) object->count_ = -1;
}

void Heap::Link(Object* object, int64_t size) {
  object->heap_ = this;
  object->bytes_ = size;
  bytes_ += size;
  object->next_ = first_;
  object->previous_ = &first_;
  if (first_ != nullptr) first_->previous_ = &object->next_;
  first_ = object;
}

void Heap::Destroy(Object* object) {
  constexpr int kDeepest = 100;
  *object->previous_ = object->next_;
  if (object->next_ != nullptr) object->next_->previous_ = object->previous_;
  if (destroying_ >= kDeepest) {
    waiting_.push_back(object);
    return;
  }
  ++destroying_;
  bytes_ -= object->bytes_;
  delete object;
  --destroying_;
  while (destroying_ == 0 && !waiting_.empty()) {
    Object* next = waiting_.back();
    waiting_.pop_back();
    ++destroying_;
    bytes_ -= next->bytes_;
    delete next;
    --destroying_;
  }
}

StrObject* Heap::FindInterned(absl::string_view text) const {
  const auto found = interned_.find(text);
  return found == interned_.end() ? nullptr : static_cast<StrObject*>(found->second.object());
}

StrObject* Heap::Intern(absl::string_view text) {
  if (StrObject* found = FindInterned(text)) return found;
  auto* made = New<StrObject>(std::string(text));
  interned_.emplace(made->text(), Value(made));
  return made;
}

}  // namespace loadstone::python
