// The handler behind mapped_file.h, and the ranges of memory that it looks after. Internal to this folder.
#ifndef LOADSTONE_ENGINE_BASE_SIGBUS_H_
#define LOADSTONE_ENGINE_BASE_SIGBUS_H_

#include <atomic>
#include <cstddef>

namespace loadstone::sigbus {

struct Slot;

// From now until Remove(), a page in [data, data + size) that cannot be read becomes zeros, and *damaged true before.
// Both must outlive the registration. Any thread.
Slot* Add(const void* data, size_t size, std::atomic<bool>* damaged);
// REQUIRES: nobody reads the range any more.
void Remove(Slot* slot);

void Install();
bool IsInstalled();

size_t PageSize();

}  // namespace loadstone::sigbus

#endif  // LOADSTONE_ENGINE_BASE_SIGBUS_H_
