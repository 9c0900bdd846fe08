// What Unpickle() gives: the values of one pickle and the memory they live in.
#ifndef LOADSTONE_LOADERS_PICKLE_DOCUMENT_H_
#define LOADSTONE_LOADERS_PICKLE_DOCUMENT_H_

#include <cstddef>
#include <vector>

#include "loaders/pickle/arena.h"
#include "loaders/pickle/value.h"

namespace loadstone::pickle {

// One unpickled value and all it refers to. Owns the containers; strings point into the pickle's own bytes, which
// must outlive it. Immutable once made; any thread may read it.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  Value root() const { return root_; }
  // Bytes from the first opcode up to and with STOP: the next pickle of a stream begins here.
  size_t bytes_consumed() const { return bytes_consumed_; }
  // The highest that a PROTO opcode says; 0 without one (protocols 0 and 1 write none).
  int protocol() const { return protocol_; }
  // Every distinct class or function the pickle names, in order of first use.
  const std::vector<const Name*>& names() const { return names_; }
  // Those of `names()` that can run commands or code (see dangerous_names.h).
  const std::vector<const Name*>& dangerous_names() const { return dangerous_names_; }
  // Every persistent id, in order of the opcodes: for containers that say only there how long a storage is.
  const std::vector<const PersistentId*>& persistent_ids() const { return persistent_ids_; }

 private:
  friend class Machine;
  Arena arena_;
  Value root_;
  size_t bytes_consumed_ = 0;
  int protocol_ = 0;
  std::vector<const Name*> names_;
  std::vector<const Name*> dangerous_names_;
  std::vector<const PersistentId*> persistent_ids_;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_DOCUMENT_H_
