#include "engine/internal/device_choice.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::FakeDevice;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// The name of the device that a model of `wanted` goes to, where `there` are.
absl::StatusOr<std::string> Choose(const std::string& wanted, const std::vector<std::string>& there) {
  PluginRegistry registry;
  for (const std::string& name : there) EXPECT_OK(registry.AddDevice(std::make_unique<FakeDevice>(name)));
  const absl::StatusOr<const Device*> device = ChooseDevice({.name = "ranker", .device = wanted}, registry);
  if (!device.ok()) return device.status();
  return std::string((*device)->name());
}

TEST(ChooseDeviceTest, TakesTheOneThatIsNamed) { EXPECT_EQ(Choose("cuda:1", {"cpu", "cuda:0", "cuda:1"}).value(), "cuda:1"); }

TEST(ChooseDeviceTest, KindAloneIsItsFirst) {
  EXPECT_EQ(Choose("cuda", {"cpu", "cuda:0", "cuda:1"}).value(), "cuda:0");
  EXPECT_EQ(Choose("cpu", {"cpu", "cuda:0"}).value(), "cpu");
}

TEST(ChooseDeviceTest, KindIsAWholeWord) {
  EXPECT_THAT(Choose("cu", {"cpu", "cuda:0"}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'cu'")));
}

TEST(ChooseDeviceTest, AutoIsTheFirstAccelerator) { EXPECT_EQ(Choose("auto", {"cpu", "cuda:0"}).value(), "cuda:0"); }

TEST(ChooseDeviceTest, AutoWithoutAcceleratorIsTheHost) { EXPECT_EQ(Choose("auto", {"cpu"}).value(), "cpu"); }

TEST(ChooseDeviceTest, AbsentDeviceIsNotFoundAndNotReplaced) {
  EXPECT_THAT(Choose("cuda:1", {"cpu", "cuda:0"}),
              StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("'cuda:1'"), HasSubstr("cuda:0"))));
  EXPECT_THAT(Choose("cuda", {"cpu"}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'cuda'")));
}

TEST(ChooseDeviceTest, FallbackThatIsNamedIsTakenAndLogged) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Choose("cuda:1,cpu", {"cpu", "cuda:0"}).value(), "cpu");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("ranker: no device 'cuda:1', goes to cpu"));
}

TEST(ChooseDeviceTest, FirstOfAListThatIsThereIsNotLogged) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Choose("cuda,cpu", {"cpu", "cuda:0"}).value(), "cuda:0");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(ChooseDeviceTest, ListOfWhichNoneIsThereIsNotFound) {
  EXPECT_THAT(Choose("cuda,xpu", {"cpu"}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("cuda,xpu")));
}

}  // namespace
}  // namespace loadstone
