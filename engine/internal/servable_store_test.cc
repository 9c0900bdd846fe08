#include "engine/internal/servable_store.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "engine/base/status_matchers.h"
#include "engine/module_state.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

ModelSpec Spec(std::string name, int64_t version = 1) {
  return {.name = std::move(name), .version = version, .path = "model.pth"};
}

std::shared_ptr<const Servable> MakeServable(const ModelSpec& spec) {
  return std::make_shared<const Servable>(
      spec, std::shared_ptr<const Module>(testing::BlockClass().build(ModuleParts{.class_name = "tiny.Block"}).value()),
      std::make_shared<testing::FakeDevice>("fake"), LoadReport{});
}

// A load that waits until it is let go, and counts.
class GatedLoad {
 public:
  explicit GatedLoad(absl::Status result = absl::OkStatus()) : result_(std::move(result)) {}

  ServableStore::Load Function() {
    return [this](const ModelSpec& spec) -> absl::StatusOr<std::shared_ptr<const Servable>> {
      ++loads;
      begun.Notify();
      go.WaitForNotification();
      if (!result_.ok()) return result_;
      return MakeServable(spec);
    };
  }

  std::atomic<int> loads = 0;
  absl::Notification begun;
  absl::Notification go;

 private:
  const absl::Status result_;
};

absl::StatusOr<std::shared_ptr<const Servable>> LoadAtOnce(const ModelSpec& spec) { return MakeServable(spec); }

TEST(ServableStoreTest, AcquireLoadsOnceAndThenSharesTheServable) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker")));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> first, store.Acquire("ranker", 1, LoadAtOnce));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> second, store.Acquire("ranker", 1, LoadAtOnce));
  EXPECT_EQ(first, second);
}

TEST(ServableStoreTest, NoVersionMeansTheHighest) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 9)));
  ASSERT_OK(store.Add(Spec("ranker", 10)));
  ASSERT_OK(store.Add(Spec("ranker", 2)));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, store.Acquire("ranker", std::nullopt, LoadAtOnce));
  EXPECT_EQ(servable->version(), 10);
}

TEST(ServableStoreTest, AnOlderVersionCanBeAsked) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 1)));
  ASSERT_OK(store.Add(Spec("ranker", 2)));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, store.Acquire("ranker", 1, LoadAtOnce));
  EXPECT_EQ(servable->version(), 1);
}

TEST(ServableStoreTest, UnknownModelNamesTheNearest) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker")));
  EXPECT_THAT(store.Acquire("rnaker", std::nullopt, LoadAtOnce),
              StatusIs(kNotFound, HasSubstr("no model 'rnaker'; did you mean ranker?")));
}

TEST(ServableStoreTest, UnknownVersionNamesThoseThatAre) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 1)));
  ASSERT_OK(store.Add(Spec("ranker", 3)));
  EXPECT_THAT(store.Acquire("ranker", 2, LoadAtOnce), StatusIs(kNotFound, HasSubstr("has no version 2, only 1, 3")));
  EXPECT_THAT(store.Acquire("ranker", 0, LoadAtOnce), StatusIs(kNotFound, HasSubstr("has no version 0")));
}

TEST(ServableStoreTest, VersionTwiceAlreadyExists) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 1)));
  EXPECT_THAT(store.Add(Spec("ranker", 1)),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("ranker version 1 is already known, from model.pth")));
}

TEST(ServableStoreTest, VersionsAreOfOneModelEach) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 1)));
  EXPECT_THAT(store.Add(Spec("digits", 1)), IsOk());
}

TEST(ServableStoreTest, VersionThatIsNotPositiveIsInvalidAndLeavesNoModel) {
  ServableStore store;
  EXPECT_THAT(store.Add(Spec("ranker", 0)), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not positive")));
  EXPECT_THAT(store.Add(Spec("ranker", -1)), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not positive")));
  EXPECT_THAT(store.Acquire("ranker", std::nullopt, LoadAtOnce), StatusIs(kNotFound, HasSubstr("no model")));
}

TEST(ServableStoreTest, EightThreadsCauseOneLoad) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker")));
  GatedLoad load;
  std::vector<std::shared_ptr<const Servable>> servables(8);
  std::vector<std::thread> threads;
  for (std::shared_ptr<const Servable>& servable : servables) {
    threads.emplace_back([&] { servable = store.Acquire("ranker", std::nullopt, load.Function()).value(); });
  }
  load.begun.WaitForNotification();
  load.go.Notify();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(load.loads, 1);
  EXPECT_NE(servables.front(), nullptr);
  EXPECT_THAT(servables, Each(servables.front()));
}

TEST(ServableStoreTest, NoOtherVersionWaitsForALoad) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 1)));
  ASSERT_OK(store.Add(Spec("ranker", 2)));
  GatedLoad slow;
  std::thread thread([&] { EXPECT_THAT(store.Acquire("ranker", 2, slow.Function()), IsOk()); });
  slow.begun.WaitForNotification();
  EXPECT_THAT(store.Acquire("ranker", 1, LoadAtOnce), IsOk());
  EXPECT_THAT(store.Add(Spec("ranker", 3)), IsOk());
  EXPECT_EQ(store.List().size(), 3);
  slow.go.Notify();
  thread.join();
}

TEST(ServableStoreTest, FailedLoadIsTriedAgain) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker")));
  const auto fail = [](const ModelSpec&) -> absl::StatusOr<std::shared_ptr<const Servable>> {
    return absl::DataLossError("torn");
  };
  EXPECT_THAT(store.Acquire("ranker", 1, fail), StatusIs(absl::StatusCode::kDataLoss, "torn"));
  EXPECT_THAT(store.Acquire("ranker", 1, LoadAtOnce), IsOk());
}

TEST(ServableStoreTest, EveryCallerOfAFailedLoadGetsAnError) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker")));
  GatedLoad load(absl::DataLossError("torn"));
  // A caller that comes after the load has ended begins one of its own.
  const auto load_again = [](const ModelSpec&) -> absl::StatusOr<std::shared_ptr<const Servable>> {
    return absl::DataLossError("torn again");
  };
  std::thread first([&] {
    EXPECT_THAT(store.Acquire("ranker", 1, load.Function()), StatusIs(absl::StatusCode::kDataLoss, "torn"));
  });
  load.begun.WaitForNotification();
  std::vector<std::thread> waiters;
  for (int i = 0; i < 7; ++i) {
    waiters.emplace_back([&] {
      EXPECT_THAT(store.Acquire("ranker", 1, load_again), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("torn")));
    });
  }
  load.go.Notify();
  first.join();
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(load.loads, 1);
}

TEST(ServableStoreTest, ServableOutlivesTheStore) {
  std::shared_ptr<const Servable> servable;
  {
    ServableStore store;
    ASSERT_OK(store.Add(Spec("ranker")));
    ASSERT_OK_AND_ASSIGN(servable, store.Acquire("ranker", 1, LoadAtOnce));
  }
  EXPECT_EQ(servable->name(), "ranker");
}

TEST(ServableStoreTest, ListIsByNameAndVersionAndSaysWhatIsLoaded) {
  ServableStore store;
  ASSERT_OK(store.Add(Spec("ranker", 10)));
  ASSERT_OK(store.Add(Spec("ranker", 9)));
  ASSERT_OK(store.Add(Spec("digits", 1)));
  ASSERT_OK(store.Acquire("ranker", 9, LoadAtOnce));
  const std::vector<std::pair<ModelSpec, bool>> list = store.List();
  ASSERT_EQ(list.size(), 3);
  EXPECT_EQ(list[0].first.name, "digits");
  EXPECT_FALSE(list[0].second);
  EXPECT_EQ(list[1].first.version, 9);
  EXPECT_TRUE(list[1].second);
  EXPECT_EQ(list[2].first.version, 10);
  EXPECT_FALSE(list[2].second);
}

}  // namespace
}  // namespace loadstone
