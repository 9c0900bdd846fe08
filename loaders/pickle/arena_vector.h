// A growing array in an Arena: half the size of a std::vector, and never freed by itself.
#ifndef LOADSTONE_LOADERS_PICKLE_ARENA_VECTOR_H_
#define LOADSTONE_LOADERS_PICKLE_ARENA_VECTOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "absl/types/span.h"
#include "loaders/pickle/arena.h"

namespace loadstone::pickle {

// A copy refers to the same items; only one of the two may grow. REQUIRES: fewer than 2^32 items.
template <typename T>
class ArenaVector {
 public:
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& operator[](size_t i) { return data_[i]; }
  const T& back() const { return data_[size_ - 1]; }
  const T* data() const { return data_; }

  void Append(absl::Span<const T> items, Arena& arena) {
    if (items.size() > capacity_ - size_) Grow(items.size(), arena);
    std::uninitialized_copy(items.begin(), items.end(), data_ + size_);
    size_ += static_cast<uint32_t>(items.size());
  }
  void Append(const T& item, Arena& arena) { Append(absl::MakeConstSpan(&item, 1), arena); }
  void AppendDefault(size_t count, Arena& arena) {
    if (count > capacity_ - size_) Grow(count, arena);
    std::uninitialized_value_construct_n(data_ + size_, count);
    size_ += static_cast<uint32_t>(count);
  }

 private:
  void Grow(size_t more, Arena& arena) {
    capacity_ = static_cast<uint32_t>(std::max<size_t>(size_ + more, std::min<size_t>(size_t{2} * size_, UINT32_MAX)));
    T* data = arena.NewArray<T>(capacity_);
    std::uninitialized_copy(begin(), end(), data);
    data_ = data;
  }

  T* data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_ARENA_VECTOR_H_
