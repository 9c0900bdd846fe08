#include "tests/integration/test_models.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "plugins/builtin/builtin_plugins.h"

namespace loadstone::testing {

std::string TestDataPath(absl::string_view name) { return absl::StrCat("tests/testdata/", name); }

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string WriteTemporary(absl::string_view name, absl::string_view bytes) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(file.good()) << path;
  return path;
}

std::shared_ptr<const PluginRegistry> BuiltinRegistry() {
  auto registry = std::make_shared<PluginRegistry>();
  EXPECT_OK(RegisterBuiltinPlugins(*registry));
  return registry;
}

std::unique_ptr<Engine> EngineWithBuiltins() {
  absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = BuiltinRegistry()});
  EXPECT_OK(engine);
  return *std::move(engine);
}

ModelSpec DigitsSpec(absl::string_view file) {
  ModelSpec spec;
  spec.name = "digits";
  spec.path = TestDataPath(absl::StrCat("digits/", file));
  if (!absl::StrContains(file, "module")) spec.architecture = Architecture{.class_name = "digits.model.DigitsNet"};
  return spec;
}

}  // namespace loadstone::testing
