// Tells ThreadSanitizer what absl::Mutex does. Debian's Abseil is not instrumented, so every access
// that only a Mutex orders would be reported as a race. The functions here take the place of the
// library's, call them, and add the order they make. Linked only with --config=tsan.

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace {

// Abseil evaluates a Condition without saying for which Mutex, possibly in the thread that unlocks.
// So an evaluation follows every earlier Unlock, and every later Lock follows it. Where Conditions are
// in use this orders more than is true and can hide a race; it never invents one.
char unlocked;
char evaluated;

// What came before Release(place) comes before what follows a later Acquire(place).
void Acquire(const void* place) { __tsan_acquire(const_cast<void*>(place)); }
void Release(const void* place) { __tsan_release(const_cast<void*>(place)); }

void AfterLock(void* mutex) {
  Acquire(mutex);
  Acquire(&evaluated);
}

void BeforeUnlock(void* mutex) {
  Release(mutex);
  Release(&unlocked);
}

// The library's own function of that mangled name, a member function called as a plain one.
template <typename Function>
Function* Real(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "absl_annotations.cc does not fit this Abseil: no %s\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace

#define LOADSTONE_STRING_(x) #x
#define LOADSTONE_STRING(x) LOADSTONE_STRING_(x)
// The mangled form of absl::<inline namespace>, "debian3", with its length 7.
#define LOADSTONE_ABSL "4absl7" LOADSTONE_STRING(ABSL_OPTION_INLINE_NAMESPACE_NAME)
#define LOADSTONE_MUTEX(rest) "_ZN" LOADSTONE_ABSL "5Mutex" rest

namespace absl {
ABSL_NAMESPACE_BEGIN

using synchronization_internal::KernelTimeout;

void Mutex::Lock() {
  static auto* const real = Real<void(Mutex*)>(LOADSTONE_MUTEX("4LockEv"));
  real(this);
  AfterLock(this);
}

void Mutex::ReaderLock() {
  static auto* const real = Real<void(Mutex*)>(LOADSTONE_MUTEX("10ReaderLockEv"));
  real(this);
  AfterLock(this);
}

bool Mutex::TryLock() {
  static auto* const real = Real<bool(Mutex*)>(LOADSTONE_MUTEX("7TryLockEv"));
  const bool locked = real(this);
  if (locked) AfterLock(this);
  return locked;
}

bool Mutex::ReaderTryLock() {
  static auto* const real = Real<bool(Mutex*)>(LOADSTONE_MUTEX("13ReaderTryLockEv"));
  const bool locked = real(this);
  if (locked) AfterLock(this);
  return locked;
}

void Mutex::Unlock() {
  static auto* const real = Real<void(Mutex*)>(LOADSTONE_MUTEX("6UnlockEv"));
  BeforeUnlock(this);
  real(this);
}

void Mutex::ReaderUnlock() {
  static auto* const real = Real<void(Mutex*)>(LOADSTONE_MUTEX("12ReaderUnlockEv"));
  BeforeUnlock(this);
  real(this);
}

// LockWhen and its kin end here.
bool Mutex::LockSlowWithDeadline(MuHow how, const Condition* condition, KernelTimeout timeout, int flags) {
  static auto* const real = Real<bool(Mutex*, MuHow, const Condition*, KernelTimeout, int)>(
      LOADSTONE_MUTEX("20LockSlowWithDeadlineEPKNS0_6MuHowSEPKNS0_9ConditionENS0_24synchronization_internal13KernelTimeoutEi"));
  // The thread that unlocks reads the condition too, so whoever evaluates it must see it whole.
  Release(&unlocked);
  const bool result = real(this, how, condition, timeout, flags);
  AfterLock(this);
  return result;
}

// Await and its kin end here.
bool Mutex::AwaitCommon(const Condition& condition, KernelTimeout timeout) {
  static auto* const real = Real<bool(Mutex*, const Condition&, KernelTimeout)>(
      LOADSTONE_MUTEX("11AwaitCommonERKNS0_9ConditionENS0_24synchronization_internal13KernelTimeoutE"));
  BeforeUnlock(this);
  const bool result = real(this, condition, timeout);
  AfterLock(this);
  return result;
}

// Wait and its kin end here.
bool CondVar::WaitCommon(Mutex* mutex, KernelTimeout timeout) {
  static auto* const real = Real<bool(CondVar*, Mutex*, KernelTimeout)>(
      "_ZN" LOADSTONE_ABSL "7CondVar10WaitCommonEPNS0_5MutexENS0_24synchronization_internal13KernelTimeoutE");
  BeforeUnlock(mutex);
  const bool result = real(this, mutex, timeout);
  AfterLock(mutex);
  return result;
}

bool Condition::Eval() const {
  static auto* const real = Real<bool(const Condition*)>("_ZNK" LOADSTONE_ABSL "9Condition4EvalEv");
  Acquire(&unlocked);
  const bool result = real(this);
  Release(&evaluated);
  return result;
}

// The next two also have an atomic of their own, which orders without the Mutex.
#define LOADSTONE_NOTIFICATION(rest) "_ZNK" LOADSTONE_ABSL "12Notification" rest

void Notification::Notify() {
  static auto* const real = Real<void(Notification*)>("_ZN" LOADSTONE_ABSL "12Notification6NotifyEv");
  Release(&notified_yet_);
  real(this);
}

void Notification::WaitForNotification() const {
  static auto* const real = Real<void(const Notification*)>(LOADSTONE_NOTIFICATION("19WaitForNotificationEv"));
  real(this);
  Acquire(&notified_yet_);
}

bool Notification::WaitForNotificationWithTimeout(absl::Duration timeout) const {
  static auto* const real = Real<bool(const Notification*, absl::Duration)>(
      LOADSTONE_NOTIFICATION("30WaitForNotificationWithTimeoutENS0_8DurationE"));
  const bool notified = real(this, timeout);
  if (notified) Acquire(&notified_yet_);
  return notified;
}

bool Notification::WaitForNotificationWithDeadline(absl::Time deadline) const {
  static auto* const real = Real<bool(const Notification*, absl::Time)>(
      LOADSTONE_NOTIFICATION("31WaitForNotificationWithDeadlineENS0_4TimeE"));
  const bool notified = real(this, deadline);
  if (notified) Acquire(&notified_yet_);
  return notified;
}

bool BlockingCounter::DecrementCount() {
  static auto* const real = Real<bool(BlockingCounter*)>("_ZN" LOADSTONE_ABSL "15BlockingCounter14DecrementCountEv");
  Release(&count_);
  return real(this);
}

void BlockingCounter::Wait() {
  static auto* const real = Real<void(BlockingCounter*)>("_ZN" LOADSTONE_ABSL "15BlockingCounter4WaitEv");
  real(this);
  Acquire(&count_);
}

ABSL_NAMESPACE_END
}  // namespace absl
