// Small programs over tensors give what Python gives: the value with shape and dtype, or the class of the exception.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <c10/core/InferenceMode.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/builtins/builtins.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/torch_api/library.h"
#include "custom_ops/python_source/torch_api/torch_module.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

class TorchProgramsTest : public testing::Test {
 protected:
  TorchProgramsTest() : finder_(TorchLibraryTexts(), nullptr), world_(&finder_) {
    InstallBuiltins(world_);
    DefineTorch(world_);
    evaluator_.emplace(world_);
    EXPECT_TRUE(AddLibraryMethods(*evaluator_)) << evaluator_->TakeError();
  }

  // What torch_programs.py writes of a result, or "refused: " and why.
  std::string Outcome(const std::string& source) {
    const c10::InferenceMode inference_mode;
    auto file = SourceFile::Parse("t.py", source);
    if (!file.ok()) return std::string(file.status().message());
    const Value module(world_.heap().New<ModuleObject>("t"));
    auto code = Compile(*file, (*file)->root(), world_.heap());
    if (!code.ok()) return std::string(code.status().message());
    Value result = evaluator_->RunModule(*code, module.As<ModuleObject>());
    if (result) result = evaluator_->GetAttribute(module, evaluator_->Intern("out"));
    if (result) return std::string(result.As<StrObject>()->text());
    const std::string raised = evaluator_->ExceptionClass();
    const std::string message(evaluator_->TakeError().message());
    return raised.empty() ? absl::StrCat("refused: ", message) : absl::StrCat("raises ", raised);
  }

  LibraryFinder finder_;
  TorchWorld world_;
  std::optional<Evaluator> evaluator_;
};

TEST_F(TorchProgramsTest, GiveWhatPythonGives) {
  std::ifstream stream(std::getenv("PROGRAMS"));
  std::stringstream text;
  text << stream.rdbuf();
  const std::vector<std::string> parts = absl::StrSplit(text.str(), '\x01');
  ASSERT_GT(parts.size(), 300u);
  size_t equal = 0;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string> program = absl::StrSplit(parts[i], '\x02');
    const std::string outcome = Outcome(absl::StrCat(parts[0], program[0], "\nout = show(r)\n"));
    if (outcome == program[1]) {
      ++equal;
    } else {
      ADD_FAILURE() << program[0] << "\nPython: " << program[1] << "\nhere:   " << outcome;
    }
  }
  std::cout << equal << " of " << parts.size() - 1 << " programs equal\n";
}

}  // namespace
}  // namespace loadstone::python
