// The memory of one Document: everything is freed at once, and it knows how much it has taken.
#ifndef LOADSTONE_LOADERS_PICKLE_ARENA_H_
#define LOADSTONE_LOADERS_PICKLE_ARENA_H_

#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <new>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace loadstone::pickle {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Taken from the system so far.
  size_t bytes() const { return system_.bytes; }

  // Lives as long as the arena; no destructor will run.
  template <typename T>
  T* New() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (memory_.allocate(sizeof(T), alignof(T))) T();
  }

  // Not initialised.
  template <typename T>
  T* NewArray(size_t count) {
    return static_cast<T*>(memory_.allocate(count * sizeof(T), alignof(T)));
  }

  absl::string_view Copy(absl::string_view text) {
    if (text.empty()) return absl::string_view();
    char* copy = NewArray<char>(text.size());
    std::memcpy(copy, text.data(), text.size());
    return absl::string_view(copy, text.size());
  }

 private:
  struct CountingResource : std::pmr::memory_resource {
    size_t bytes = 0;

   private:
    void* do_allocate(size_t size, size_t alignment) override {
      bytes += size;
      return std::pmr::new_delete_resource()->allocate(size, alignment);
    }
    void do_deallocate(void* pointer, size_t size, size_t alignment) override {
      std::pmr::new_delete_resource()->deallocate(pointer, size, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
  };
  CountingResource system_;
  std::pmr::monotonic_buffer_resource memory_{&system_};
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_ARENA_H_
