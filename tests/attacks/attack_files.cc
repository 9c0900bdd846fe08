#include "tests/attacks/attack_files.h"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/base/status_matchers.h"
#include "gtest/gtest.h"
#include "loaders/archive/tar_archive.h"
#include "tests/integration/test_models.h"

namespace loadstone::testing {

std::vector<AttackFile> ReadAttackFiles() {
  const std::string bundle = ReadText("tests/attacks/attacks.tar");
  const absl::StatusOr<std::vector<TarMember>> members = ReadTar(bundle);
  EXPECT_OK(members);
  if (!members.ok() || members->empty() || members->back().name != "manifest.json") {
    ADD_FAILURE() << "attacks.tar has no manifest at its end";
    return {};
  }
  const nlohmann::json manifest = nlohmann::json::parse(members->back().bytes);
  std::vector<AttackFile> files;
  for (const TarMember& member : *members) {
    const std::string name(member.name);
    if (!manifest.contains(name)) continue;
    files.push_back({name, std::string(member.bytes), manifest[name]["code"], manifest[name]["says"]});
  }
  return files;
}

bool SomethingRan() { return access("loadstone_canary", F_OK) == 0 || std::getenv("LOADSTONE_CANARY") != nullptr; }

}  // namespace loadstone::testing
