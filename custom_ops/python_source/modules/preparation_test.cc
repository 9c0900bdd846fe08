#include "custom_ops/python_source/modules/preparation.h"

#include "custom_ops/python_source/runtime/lazy_module.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;

// What Check says of a call of `net`, an object that a module of this source makes.
absl::Status Checked(const std::string& source) {
  World world;
  Evaluator evaluator(world);
  auto file = SourceFile::Parse("net.py", source);
  if (!file.ok()) return file.status();
  const Value module(world.heap().New<LazyModule>("net", FoundSource{*file, false}));
  const Value net = evaluator.GetAttribute(module, evaluator.Intern("net"));
  if (!net) return evaluator.TakeError();
  Preparation preparation(evaluator);
  preparation.Evaluate({net}, [](const Value&) {});
  return preparation.Check({net});
}

constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

TEST(PreparationTest, ListsAllProblemsOfWhatACallReaches) {
  EXPECT_THAT(Checked("def helper(x):\n  return missing(x)\n"
                      "class Net:\n"
                      "  def __call__(self, x):\n    x = self.part(x)\n    return helper(x) + other\n"
                      "  def part(self, x):\n    match x:\n      case 1: pass\n"
                      "net = Net()\n"),
              StatusIs(kUnimplemented, AllOf(HasSubstr("3 problems:\n"),
                                             HasSubstr("net.py:6:24: NameError: name 'other' is not defined"),
                                             HasSubstr("net.py:8:5: unsupported: 'match' statement"),
                                             HasSubstr("net.py:2:10: NameError: name 'missing' is not defined"))));
}

TEST(PreparationTest, UnknownNamesAloneAreInvalid) {
  EXPECT_THAT(Checked("class Net:\n  def __call__(self, x): return missing\nnet = Net()\n"),
              StatusIs(kInvalidArgument, HasSubstr("net.py:2:33: NameError: name 'missing' is not defined")));
}

TEST(PreparationTest, WhatNoCallReachesIsNoProblem) {
  EXPECT_OK(
      Checked("class Other:\n  def __call__(self, x): return missing\n"
              "class Base:\n  def __call__(self, x): return x\n"
              "class Net(Base):\n"
              "  def __call__(self, x): return super().__call__(x)\n"
              "  def train(self): return missing\n"
              "  def __init__(self):\n    self.loss = Other()\n"
              "net = Net()\n"));
}

TEST(PreparationTest, FollowsInnerFunctionsAndBases) {
  EXPECT_THAT(Checked("class Base:\n  def __call__(self, x): return [missing for i in x]\n"
                      "class Net(Base):\n  def __call__(self, x): return super().__call__(x)\n"
                      "net = Net()\n"),
              StatusIs(kInvalidArgument, HasSubstr("net.py:2:34: NameError: name 'missing' is not defined")));
}

TEST(PreparationTest, FollowsObjectsInAttributesAndContainers) {
  const std::string part = "class Part:\n  def step(self, x): return missing\n";
  EXPECT_THAT(Checked(part + "class Net:\n  def __init__(self): self.parts = {'a': [Part()]}\n"
                             "  def __call__(self, x): return self.parts['a'][0].step(x)\n"
                             "net = Net()\n"),
              StatusIs(kInvalidArgument, HasSubstr("net.py:2:29: NameError")));
  EXPECT_THAT(Checked(part + "class Net:\n  def __call__(self, x): return Part().step(x)\nnet = Net()\n"),
              StatusIs(kInvalidArgument, HasSubstr("net.py:2:29: NameError")));
}

TEST(PreparationTest, WhatAnExceptMayCatchIsNoProblem) {
  EXPECT_OK(
      Checked("class Net:\n  def __call__(self, x):\n    try:\n      import absent\n"
              "    except Exception:\n      return x\n"
              "net = Net()\n"));
}

TEST(PreparationTest, BranchesThatNeverRunAreNoProblem) {
  EXPECT_OK(
      Checked("FAST = False\n"
              "class Net:\n"
              "  def __call__(self, x):\n"
              "    if self.training: return missing\n"
              "    if not self.training:\n      x = x\n"
              "    else:\n      x = missing\n"
              "    if FAST and x: return missing\n"
              "    return x if not FAST else missing\n"
              "net = Net()\n"));
}

TEST(PreparationTest, BranchesOfOtherConditionsCount) {
  EXPECT_THAT(Checked("FAST = False\n"
                      "class Net:\n"
                      "  def __call__(self, x):\n"
                      "    if FAST or x: return missing_one\n"
                      "    if x or self.training: return missing_two\n"
                      "    return x.training and missing_three\n"
                      "net = Net()\n"),
              StatusIs(kInvalidArgument,
                       AllOf(HasSubstr("missing_one"), HasSubstr("missing_two"), HasSubstr("missing_three"))));
}

}  // namespace
}  // namespace loadstone::python
