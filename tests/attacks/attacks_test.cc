// Every attack goes the whole road, twice: through the torch.save reader alone, and through an engine with all that
// ships. Each comes to the code and words that it must; nothing runs; memory and time are bounded.
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "engine/engine.h"
#include "tests/attacks/attack_files.h"
#include "tests/attacks/walk.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::AttackFile;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // takes memory and time of its own
#else
constexpr bool kSanitized = false;
#endif

constexpr double kMaxSeconds = 1;               // of processor time
constexpr size_t kMaxBytes = size_t{64} << 20;  // and the file's size

// A line of /proc/self/status, in bytes.
size_t MemoryLine(absl::string_view name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    size_t kib;
    if (absl::ConsumePrefix(&rest, name) && absl::ConsumeSuffix(&rest, " kB") && absl::SimpleAtoi(rest, &kib)) {
      return kib << 10;
    }
  }
  ADD_FAILURE() << "/proc/self/status has no " << name;
  return 0;
}

// What one load took.
class Cost {
 public:
  Cost() {
    std::ofstream("/proc/self/clear_refs") << "5";  // sets the peak to the present
    before_ = MemoryLine("VmRSS:");
    start_ = std::clock();
  }
  double Seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }
  size_t Bytes() const {
    const size_t peak = MemoryLine("VmHWM:");
    return peak > before_ ? peak - before_ : 0;
  }

 private:
  size_t before_;
  std::clock_t start_;
};

// What is wrong with this outcome; empty when nothing is.
std::string Judge(const AttackFile& file, const absl::Status& status, const Cost& cost) {
  const double seconds = cost.Seconds();
  const size_t bytes = cost.Bytes();
  std::string wrong;
  if (absl::StatusCodeToString(status.code()) != file.code) absl::StrAppend(&wrong, " needs ", file.code);
  for (const std::string& words : file.says) {
    if (!absl::StrContains(status.message(), words)) absl::StrAppend(&wrong, " does not say '", words, "'");
  }
  if (testing::SomethingRan()) absl::StrAppend(&wrong, " SOMETHING RAN");
  if (!kSanitized && seconds > kMaxSeconds) absl::StrAppend(&wrong, " took ", seconds, " s");
  if (!kSanitized && bytes > kMaxBytes + file.bytes.size()) absl::StrAppend(&wrong, " took ", bytes >> 20, " MiB");
  if (wrong.empty()) return "";
  return absl::StrCat(file.name, ":", wrong, "; it is ", status.ToString().substr(0, 300));
}

TEST(AttacksTest, TheReaderRefusesEachOrFindsItInert) {
  std::vector<std::string> failures;
  size_t files = 0;
  for (const AttackFile& file : testing::ReadAttackFiles()) {
    if (!absl::EndsWith(file.name, ".pth") || file.code == "INVALID_ARGUMENT") continue;  // what no reader takes
    ++files;
    const std::shared_ptr<ByteSource> source = ByteSource::FromBytes(file.bytes, file.name);
    const Cost cost;
    const absl::Status status = testing::InterpretAndTouch(*source);
    if (std::string wrong = Judge(file, status, cost); !wrong.empty()) failures.push_back(wrong);
  }
  std::cout << files << " files read, " << failures.size() << " wrong\n";
  EXPECT_GT(files, 600u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

TEST(AttacksTest, TheEngineRefusesEachOrLoadsItInert) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  std::vector<std::string> failures;
  size_t files = 0;
  for (const AttackFile& file : testing::ReadAttackFiles()) {
    ++files;
    ModelSpec spec;
    spec.name = file.name;
    // The name decides nothing, but a safetensors file is asked for an architecture.
    if (absl::EndsWith(file.name, ".safetensors")) {
      spec.architecture = Architecture{.class_name = "torch.nn.modules.linear.Linear"};
      spec.architecture->arguments.positional = {Attribute(int64_t{2}), Attribute(int64_t{2})};
    }
    spec.path = testing::WriteTemporary("attack", file.bytes);
    ASSERT_OK(engine->AddModel(spec));
    const Cost cost;
    const absl::StatusOr<ServableHandle> model = engine->Acquire(file.name);
    absl::Status status = model.status();
    if (model.ok()) status = testing::TouchModule((*model)->module());
    if (std::string wrong = Judge(file, status, cost); !wrong.empty()) failures.push_back(wrong);
  }
  std::cout << files << " files loaded, " << failures.size() << " wrong\n";
  EXPECT_GT(files, 700u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
