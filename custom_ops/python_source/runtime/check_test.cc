#include "custom_ops/python_source/runtime/check.h"

#include "custom_ops/python_source/runtime/lazy_module.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The problems of Net.forward in a module of this source.
std::vector<std::string> Problems(const std::string& source) {
  World world;
  Evaluator evaluator(world);
  auto file = SourceFile::Parse("net.py", source);
  if (!file.ok()) return {file.status().ToString()};
  const Value module(world.heap().New<LazyModule>("net", FoundSource{*file, false}));
  const Value cls = evaluator.GetAttribute(module, evaluator.Intern("Net"));
  if (!cls) return {evaluator.TakeError().ToString()};
  Checker checker(evaluator);
  checker.CheckMethod(cls.As<ClassObject>(), "forward");
  return checker.problems();
}

TEST(CheckerTest, ListsAllProblemsOfWhatForwardReaches) {
  EXPECT_THAT(Problems("def helper(x):\n  return missing(x)\n"
                       "class Net:\n"
                       "  def forward(self, x):\n    x = self.part(x)\n    return helper(x) + other\n"
                       "  def part(self, x):\n    match x:\n      case 1: pass\n"),
              ElementsAre(HasSubstr("net.py:6:24: NameError: name 'other' is not defined"),
                          HasSubstr("net.py:8:5: unsupported: 'match' statement"),
                          HasSubstr("net.py:2:10: NameError: name 'missing' is not defined")));
}

TEST(CheckerTest, WhatForwardDoesNotReachIsNoProblem) {
  EXPECT_THAT(Problems("class Base:\n  def forward(self, x): return x\n"
                       "class Net(Base):\n"
                       "  def forward(self, x): return super().forward(x)\n"
                       "  def train(self): return missing\n"),
              IsEmpty());
}

TEST(CheckerTest, FollowsInnerFunctionsAndBases) {
  EXPECT_THAT(Problems("class Base:\n  def forward(self, x): return [missing for i in x]\n"
                       "class Net(Base):\n  def forward(self, x): return super().forward(x)\n"),
              ElementsAre(HasSubstr("net.py:2:33: NameError: name 'missing' is not defined")));
}

TEST(CheckerTest, WhatAnExceptMayCatchIsNoProblem) {
  EXPECT_THAT(Problems("class Net:\n  def forward(self, x):\n    try:\n      import absent\n"
                       "    except Exception:\n      return x\n"),
              IsEmpty());
}

}  // namespace
}  // namespace loadstone::python
