// A model.json in a repository, and the same text as the arguments of a command line.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "engine/json_attribute.h"
#include "engine/plugin_registry.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;
namespace fs = std::filesystem;

namespace {

// A repository of one model, for this process.
class Repository {
 public:
  Repository() : root_(fs::temp_directory_path() / "model_json_fuzz.XXXXXX") {
    std::string path = root_.string();
    if (mkdtemp(path.data()) == nullptr) std::abort();
    root_ = path;
    fs::create_directories(root_ / "ranker" / "1");
    std::ofstream(root_ / "ranker" / "1" / "model.pth") << "x";
  }
  ~Repository() { fs::remove_all(root_); }

  std::string Write(absl::string_view json) const {
    std::ofstream(root_ / "ranker" / "model.json") << json;
    return root_.string();
  }

 private:
  fs::path root_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Repository repository;
  static const auto registry = std::make_shared<const loadstone::PluginRegistry>();
  const absl::string_view json = fuzz::Bytes(data, size);
  (void)loadstone::Engine::Create({.registry = registry, .model_repository = repository.Write(json)}).status();
  loadstone::ArgumentsFromJsonText(json).IgnoreError();
  return 0;
}
