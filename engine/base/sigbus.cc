#include "engine/base/sigbus.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <mutex>

#include "absl/base/const_init.h"
#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace loadstone::sigbus {

// Never freed, for a handler may be reading it: later mappings reuse it. The handler takes no lock. It believes a slot
// whose version is even and stays the same while it reads; the slot that it looks for cannot change, because the thread
// that it interrupts uses that mapping.
struct Slot {
  std::atomic<uint64_t> version{0};  // odd while the three below change
  std::atomic<uintptr_t> begin{0};
  std::atomic<uintptr_t> end{0};
  std::atomic<std::atomic<bool>*> damaged{nullptr};
  Slot* next = nullptr;       // of all slots; set before the slot is published
  Slot* next_free = nullptr;  // guarded by the mutex below
};

namespace {

// Global, as the handler of a signal is.
std::atomic<Slot*> all_slots{nullptr};
absl::Mutex free_slots_mutex(absl::kConstInit);
Slot* free_slots ABSL_GUARDED_BY(free_slots_mutex) = nullptr;
struct sigaction previous;
std::atomic<bool> installed{false};
const size_t page_size = static_cast<size_t>(sysconf(_SC_PAGESIZE));

void Publish(Slot& slot, uintptr_t begin, uintptr_t end, std::atomic<bool>* damaged) {
  slot.version.fetch_add(1);
  slot.begin.store(begin);
  slot.end.store(end);
  slot.damaged.store(damaged);
  slot.version.fetch_add(1);
}

// Below, until Install, only what a signal handler may call.

// Zeros from the page of `address` to the end of its mapping, all of which the file has lost when it lost the page.
bool ReplaceByZeros(uintptr_t address) {
  for (const Slot* slot = all_slots.load(); slot != nullptr; slot = slot->next) {
    const uint64_t version = slot->version.load();
    const uintptr_t begin = slot->begin.load();
    const uintptr_t end = slot->end.load();
    std::atomic<bool>* const damaged = slot->damaged.load();
    if (version % 2 != 0 || slot->version.load() != version || address < begin || address >= end) continue;
    const uintptr_t page = address - address % page_size;
    damaged->store(true);  // before anybody can read a zero
    // The kernel itself: a sanitizer's mmap is not for signal handlers.
    return syscall(SYS_mmap, page, end - page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != -1;
  }
  return false;
}

void PassOn(int signal, siginfo_t* info, void* context) {
  const bool is_fault = info->si_code > 0;  // or somebody's kill()
  if ((previous.sa_flags & SA_SIGINFO) != 0) return previous.sa_sigaction(signal, info, context);
  if (previous.sa_handler == SIG_IGN && !is_fault) return;
  if (previous.sa_handler != SIG_IGN && previous.sa_handler != SIG_DFL) return previous.sa_handler(signal);
  struct sigaction fatal = {};
  fatal.sa_handler = SIG_DFL;
  sigaction(signal, &fatal, nullptr);
  if (!is_fault) raise(signal);  // a fault comes again by itself
}

void OnSigbus(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const bool replaced = info->si_code == BUS_ADRERR && ReplaceByZeros(reinterpret_cast<uintptr_t>(info->si_addr));
  errno = saved_errno;
  if (!replaced) PassOn(signal, info, context);
}

}  // namespace

Slot* Add(const void* data, size_t size, std::atomic<bool>* damaged) {
  const absl::MutexLock lock(&free_slots_mutex);
  Slot* slot = free_slots;
  const bool is_new = slot == nullptr;
  if (is_new) {
    slot = new Slot;
  } else {
    free_slots = slot->next_free;
  }
  const auto begin = reinterpret_cast<uintptr_t>(data);
  Publish(*slot, begin, begin + (size + page_size - 1) / page_size * page_size, damaged);
  if (is_new) {
    slot->next = all_slots.load();
    all_slots.store(slot);
  }
  return slot;
}

void Remove(Slot* slot) {
  const absl::MutexLock lock(&free_slots_mutex);
  Publish(*slot, 0, 0, nullptr);
  slot->next_free = free_slots;
  free_slots = slot;
}

void Install() {
  static std::once_flag once;
  std::call_once(once, [] {
    sigaction(SIGBUS, nullptr, &previous);  // first, so that the handler finds it
    struct sigaction ours = {};
    ours.sa_sigaction = &OnSigbus;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    installed = sigaction(SIGBUS, &ours, nullptr) == 0;
  });
}

bool IsInstalled() { return installed; }

size_t PageSize() { return page_size; }

}  // namespace loadstone::sigbus
