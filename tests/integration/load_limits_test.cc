// ModelSpec::limits reaches whoever keeps to it: each limit at what a real file takes, and one below. The numbers are
// Python's: zipfile's and pickletools' of tests/testdata/digits/state_dict.pth.
#include <memory>

#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kResourceExhausted = absl::StatusCode::kResourceExhausted;

absl::Status Load(const LoadLimits& limits) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  ModelSpec spec = testing::DigitsSpec("state_dict.pth");
  spec.limits = limits;
  if (absl::Status added = engine->AddModel(spec); !added.ok()) return added;
  return engine->Acquire(spec.name).status();
}

TEST(LoadLimitsTest, PickleBytes) {
  EXPECT_OK(Load({.pickle_bytes = 4175}));
  EXPECT_THAT(Load({.pickle_bytes = 4174}), StatusIs(kResourceExhausted, HasSubstr("limit 4174 bytes")));
}

// Its 1361 opcodes, and some steps of hashing.
TEST(LoadLimitsTest, PickleOpcodes) {
  EXPECT_OK(Load({.pickle_opcodes = 1500}));
  EXPECT_THAT(Load({.pickle_opcodes = 1360}), StatusIs(kResourceExhausted, HasSubstr("more than 1360 opcodes")));
}

TEST(LoadLimitsTest, PickleMemoEntries) {
  EXPECT_OK(Load({.pickle_memo_entries = 351}));
  EXPECT_THAT(Load({.pickle_memo_entries = 350}), StatusIs(kResourceExhausted, HasSubstr("memo index 350, limit 350")));
}

TEST(LoadLimitsTest, PickleNames) {
  EXPECT_OK(Load({.pickle_names = 4}));
  EXPECT_THAT(Load({.pickle_names = 3}), StatusIs(kResourceExhausted, HasSubstr("more than 3 classes")));
}

TEST(LoadLimitsTest, PickleItems) {
  EXPECT_THAT(Load({.pickle_items = 100}), StatusIs(kResourceExhausted, HasSubstr("more than 100 items")));
}

TEST(LoadLimitsTest, PickleMemory) {
  EXPECT_THAT(Load({.pickle_memory = 1000}), StatusIs(kResourceExhausted, HasSubstr("more than 1000 bytes of values")));
}

TEST(LoadLimitsTest, ZipRecords) {
  EXPECT_OK(Load({.zip_records = 44}));
  EXPECT_THAT(Load({.zip_records = 43}), StatusIs(kResourceExhausted, HasSubstr("zip has 44 records, limit 43")));
}

}  // namespace
}  // namespace loadstone
