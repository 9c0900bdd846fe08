// Constructor signatures against those of Python.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "custom_ops/torch_nn/register.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

std::map<std::string, std::string> PythonSignatures() {
  const char* const path = std::getenv("SIGNATURES");
  if (path == nullptr) return {};
  std::map<std::string, std::string> signatures;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits('\t', 1));
    signatures.insert(parts);
  }
  return signatures;
}

TEST(SignatureTest, TorchNnClassesHaveThoseOfPython) {
  const std::map<std::string, std::string> python = PythonSignatures();
  ASSERT_FALSE(python.empty());
  PluginRegistry registry;
  ASSERT_OK(RegisterTorchNn(registry));
  int compared = 0;
  for (const PluginRegistry::Entry<ModuleClass>& entry : registry.module_classes()) {
    const ModuleClass& module_class = *entry.value;
    if (!absl::StartsWith(module_class.name, "torch.nn.")) continue;
    if (module_class.construct == nullptr) continue;  // comes in whole modules only
    const auto found = python.find(module_class.name);
    if (found == python.end()) {
      ADD_FAILURE() << module_class.name << " is not in Python";
      continue;
    }
    EXPECT_EQ(module_class.signature, found->second) << module_class.name;
    ++compared;
  }
  std::cout << compared << " signatures compared, " << python.size() << " classes in Python" << std::endl;
}

TEST(SignatureTest, EveryOtherClassOfPythonIsRegistered) {
  PluginRegistry registry;
  ASSERT_OK(RegisterTorchNn(registry));
  std::vector<std::string> missing;
  for (const auto& [name, signature] : PythonSignatures()) {
    const absl::string_view short_name = absl::string_view(name).substr(name.rfind('.') + 1);
    const bool is_private = absl::StartsWith(short_name, "_");  // bases, which torch.nn does not name
    if (!is_private && !registry.FindModuleClass(name).ok()) missing.push_back(name);
  }
  // Abstract: Python gives them no forward, and no file that runs holds them (custom_ops/torch_nn/README.md).
  EXPECT_THAT(missing, ::testing::ElementsAre("torch.nn.modules.rnn.RNNBase", "torch.nn.modules.rnn.RNNCellBase"));
}

}  // namespace
}  // namespace loadstone::testing
