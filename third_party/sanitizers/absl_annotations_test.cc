// With --config=tsan these fail if ThreadSanitizer is not told what Abseil's synchronisation does.

#include "absl/synchronization/mutex.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 200;

// A count that several threads raise under a Mutex.
class Counter {
 public:
  Counter() {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Raise(); });
  }
  ~Counter() {
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Mutex mutex;
  absl::CondVar changed;
  int count = 0;

 private:
  void Raise() {
    for (int i = 0; i < kRounds; ++i) {
      absl::MutexLock lock(&mutex);
      ++count;
      changed.Signal();
    }
  }

  std::vector<std::thread> threads_;
};

TEST(AbslAnnotationsTest, CondVarWaitSeesTheCount) {
  Counter counter;
  absl::MutexLock lock(&counter.mutex);
  while (counter.count < kThreads * kRounds) counter.changed.Wait(&counter.mutex);
  EXPECT_EQ(counter.count, kThreads * kRounds);
}

TEST(AbslAnnotationsTest, LockWhenSeesTheCount) {
  Counter counter;
  auto full = [&counter] { return counter.count == kThreads * kRounds; };
  counter.mutex.LockWhen(absl::Condition(&full));
  EXPECT_EQ(counter.count, kThreads * kRounds);
  counter.mutex.Unlock();
}

TEST(AbslAnnotationsTest, AwaitSeesTheCount) {
  Counter counter;
  auto full = [&counter] { return counter.count == kThreads * kRounds; };
  absl::MutexLock lock(&counter.mutex);
  EXPECT_TRUE(counter.mutex.AwaitWithTimeout(absl::Condition(&full), absl::InfiniteDuration()));
  EXPECT_EQ(counter.count, kThreads * kRounds);
}

TEST(AbslAnnotationsTest, ReaderLockSeesACount) {
  Counter counter;
  absl::ReaderMutexLock lock(&counter.mutex);
  EXPECT_GE(counter.count, 0);
}

TEST(AbslAnnotationsTest, NotificationOrdersWhatCameBefore) {
  int value = 0;
  absl::Notification written;
  std::thread writer([&] {
    value = 7;
    written.Notify();
  });
  written.WaitForNotification();
  EXPECT_EQ(value, 7);
  writer.join();
}

TEST(AbslAnnotationsTest, BlockingCounterOrdersWhatCameBefore) {
  std::vector<int> values(kThreads, 0);
  absl::BlockingCounter done(kThreads);
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i) {
    writers.emplace_back([&, i] {
      values[i] = i;
      done.DecrementCount();
    });
  }
  done.Wait();
  EXPECT_EQ(values, (std::vector<int>{0, 1, 2, 3}));
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
