// Where a program's objects come from and end.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_HEAP_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_HEAP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

class StrObject;

// Counts what its objects weigh and ends those that cycles keep alive. Every Value must be gone, or belong to one of
// its objects, before the heap. One thread.
class Heap {
 public:
  Heap() = default;
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  template <typename T, typename... Args>
  T* New(Args&&... args) {
    T* object = new T(std::forward<Args>(args)...);
    Link(object, sizeof(T));
    if constexpr (requires { object->storage(); }) Charge(object, sizeof(T) + object->storage());
    return object;
  }

  // The one object of this text, for names.
  StrObject* Intern(absl::string_view text);
  // Null: not interned.
  StrObject* FindInterned(absl::string_view text) const;

  template <typename Visit>
  void ForEach(Visit visit) {
    for (Object* object = first_; object != nullptr; object = object->next_) visit(object);
  }

  // From now on no object here is counted or changed, and any thread may read them.
  void Freeze();

  // The object weighs `bytes` now.
  void Charge(Object* object, int64_t bytes) {
    bytes_ += bytes - object->bytes_;
    object->bytes_ = bytes;
  }

  // Roughly what lives, in bytes: objects, text and the slots of containers.
  int64_t bytes() const { return bytes_; }

 private:
  friend class Object;
  void Link(Object* object, int64_t size);
  void Destroy(Object* object);

  Object* first_ = nullptr;
  int64_t bytes_ = 0;
  int destroying_ = 0;
  // Objects whose end waits: a list of a million nested lists must not end by recursion.
  std::vector<Object*> waiting_;
  absl::flat_hash_map<absl::string_view, Value> interned_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_HEAP_H_
