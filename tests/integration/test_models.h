// The digits model and a registry of all that ships, for tests of the whole road.
#ifndef LOADSTONE_TESTS_INTEGRATION_TEST_MODELS_H_
#define LOADSTONE_TESTS_INTEGRATION_TEST_MODELS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/engine.h"
#include "engine/plugin_registry.h"

namespace loadstone::testing {

// tests/testdata/<name>
std::string TestDataPath(absl::string_view name);
std::string ReadText(const std::string& path);
// A file of this test's own, holding `bytes`.
std::string WriteTemporary(absl::string_view name, absl::string_view bytes);

std::shared_ptr<const PluginRegistry> BuiltinRegistry();
std::unique_ptr<Engine> EngineWithBuiltins();

// The digits model saved in `file`; the architecture is named when the file holds weights only.
ModelSpec DigitsSpec(absl::string_view file);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_INTEGRATION_TEST_MODELS_H_
