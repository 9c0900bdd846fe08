// A value with its Python attribute name; vectors of these keep Python's insertion order.
#ifndef LOADSTONE_ENGINE_NAMED_H_
#define LOADSTONE_ENGINE_NAMED_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadstone {

template <typename T>
struct Named {
  std::string name;
  T value;
};

template <typename T>
using NamedList = std::vector<Named<T>>;

// The value of that name, or null. Linear: these lists are short.
template <typename T>
const T* FindNamed(const NamedList<T>& list, absl::string_view name) {
  for (const Named<T>& entry : list) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}
template <typename T>
T* FindNamed(NamedList<T>& list, absl::string_view name) {
  for (Named<T>& entry : list) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_NAMED_H_
