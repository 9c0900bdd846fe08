// Functions give what Python gives: the value, or the class of the exception. What is refused is counted: a
// refusal is no difference, but too many would leave nothing tested.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/builtins/builtins.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

// What random_programs.py writes of a result, or "?" and why it was refused.
std::string Outcome(const std::string& source) {
  auto file = SourceFile::Parse("p.py", source);
  if (!file.ok()) return std::string(file.status().message());
  World world;
  InstallBuiltins(world);
  Heap& heap = world.heap();
  Evaluator evaluator(world);
  const Value module(heap.New<ModuleObject>("p"));
  auto code = Compile(*file, (*file)->root(), heap);
  if (!code.ok()) return std::string(code.status().message());
  Value result = evaluator.RunModule(*code, module.As<ModuleObject>());
  if (result) result = evaluator.GetAttribute(module, heap.Intern("f"));
  if (result) result = evaluator.Call(result, {});
  if (result) result = evaluator.Repr(result);
  if (result) return std::string(result.As<StrObject>()->text());
  const std::string raised = evaluator.ExceptionClass();
  if (!raised.empty()) return "!" + raised;
  return "?" + std::string(evaluator.TakeError().message());
}

TEST(ProgramsTest, GiveWhatPythonGives) {
  std::ifstream stream(std::getenv("PROGRAMS"));
  std::stringstream text;
  text << stream.rdbuf();
  int equal = 0, refused = 0, different = 0;
  for (absl::string_view record : absl::StrSplit(text.str(), "\n#\n", absl::SkipEmpty())) {
    const size_t cut = record.rfind("\n=\n");
    ASSERT_NE(cut, absl::string_view::npos);
    const std::string source(record.substr(0, cut + 1));
    const std::string expected(record.substr(cut + 3));
    const std::string outcome = Outcome(source);
    if (absl::StartsWith(outcome, "?")) {
      if (refused++ == 0) std::cout << source << outcome << "\n";
    } else if (outcome == expected) {
      ++equal;
    } else if (++different <= 10) {
      ADD_FAILURE() << source << "Python: " << expected << "\nhere:   " << outcome;
    }
  }
  std::cout << equal << " equal, " << refused << " refused, " << different << " different\n";
  EXPECT_EQ(different, 0);
  EXPECT_GT(equal, 0);
  // REFUSED: how many per thousand may be.
  EXPECT_LE(refused * 1000, std::atoi(std::getenv("REFUSED")) * (equal + refused));
}

}  // namespace
}  // namespace loadstone::python
