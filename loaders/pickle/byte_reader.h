// A cursor over a pickle's bytes that never passes the end of the bytes or of the frame it is in.
#ifndef LOADSTONE_LOADERS_PICKLE_BYTE_READER_H_
#define LOADSTONE_LOADERS_PICKLE_BYTE_READER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace loadstone::pickle {

// An unsigned number from its little-endian bytes; `data` has sizeof(T) of them.
template <typename T>
T LoadLittleEndian(const char* data) {
  static_assert(std::is_unsigned_v<T>);
  T result = 0;
  // The compiler does not make one load of the loop below.
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&result, data, sizeof(T));
    return result;
  }
  for (size_t i = 0; i < sizeof(T); ++i) {
    result = static_cast<T>(result | static_cast<T>(static_cast<T>(static_cast<uint8_t>(data[i])) << (8 * i)));
  }
  return result;
}

// Borrows the bytes.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : bytes_(bytes), limit_(bytes.size()) {}

  size_t position() const { return position_; }
  // Until the end of the frame, or of the bytes when in none.
  size_t remaining() const { return limit_ - position_; }
  bool in_frame() const { return limit_ != bytes_.size(); }

  // False, and nothing taken, when fewer than `count` bytes remain.
  bool Take(size_t count, absl::string_view* taken) {
    if (count > remaining()) return false;
    *taken = absl::string_view(bytes_.data() + position_, count);
    position_ += count;
    return true;
  }

  template <typename T>
  bool TakeNumber(T* number) {
    if (sizeof(T) > remaining()) return false;
    *number = LoadLittleEndian<T>(bytes_.data() + position_);
    position_ += sizeof(T);
    return true;
  }

  // The text up to the next newline, which is taken too. False when there is none.
  bool TakeLine(absl::string_view* line) {
    const char* begin = bytes_.data() + position_;
    const void* newline = remaining() == 0 ? nullptr : std::memchr(begin, '\n', remaining());
    if (newline == nullptr) return false;
    *line = absl::string_view(begin, static_cast<size_t>(static_cast<const char*>(newline) - begin));
    position_ += line->size() + 1;
    return true;
  }

  // As TakeNumber<uint8_t>; an opcode may be the first byte past a frame.
  bool TakeOpcode(uint8_t* opcode) {
    if (position_ == limit_) limit_ = bytes_.size();
    return TakeNumber(opcode);
  }

  // REQUIRES: not in a frame, or at its end, and `size` bytes remain in the pickle.
  void EnterFrame(size_t size) { limit_ = position_ + size; }
  size_t remaining_in_pickle() const { return bytes_.size() - position_; }

 private:
  absl::string_view bytes_;
  size_t position_ = 0;
  size_t limit_;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_BYTE_READER_H_
