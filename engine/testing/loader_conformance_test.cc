#include "engine/testing/loader_conformance.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include "absl/strings/match.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"

namespace loadstone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kBroken = absl::StatusCode::kFailedPrecondition;

// Files of one line, "width N\n": a linear layer. Each test breaks one thing.
class LineLoader : public Loader {
 public:
  absl::string_view name() const override { return "line"; }
  absl::Status CanLoad(const ByteSource& source) const override {
    if (absl::StartsWith(source.bytes(), "width ")) return absl::OkStatus();
    return absl::InvalidArgumentError("not a line");
  }
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override {
    if (absl::Status verdict = CanLoad(source); !verdict.ok()) return verdict;
    const absl::string_view bytes = source.bytes();
    if (bytes.size() != 8 || bytes[6] < '1' || bytes[6] > '9' || bytes[7] != '\n') return Damaged();
    return LinearDef(2, Width(bytes[6]));
  }

 protected:
  virtual absl::Status Damaged() const { return absl::DataLossError("not a width"); }
  virtual int64_t Width(char digit) const { return digit - '0'; }
};

const LoaderExample kExample = {.bytes = "width 3\n", .spec = {}, .path = "line"};

TEST(LoaderConformanceTest, GoodLoaderConforms) { EXPECT_OK(CheckLoader(LineLoader(), kExample)); }

TEST(LoaderConformanceTest, ExampleThatDoesNotLoadIsShown) {
  EXPECT_THAT(CheckLoader(LineLoader(), {.bytes = "width x\n", .spec = {}}),
              StatusIs(kBroken, AllOf(HasSubstr("loader line: Load refuses the example"), HasSubstr("not a width"))));
}

TEST(LoaderConformanceTest, ExceptionIsFoundWithTheBytesThatThrow) {
  class Throwing : public LineLoader {
    absl::Status Damaged() const override { throw std::out_of_range("past the end"); }
  };
  EXPECT_THAT(CheckLoader(Throwing(), kExample),
              StatusIs(kBroken, HasSubstr("the example cut at byte 6: loader line: throws: past the end")));
}

TEST(LoaderConformanceTest, UndocumentedCodeIsFound) {
  class Undocumented : public LineLoader {
    absl::Status Damaged() const override { return absl::InternalError("hm"); }
  };
  EXPECT_THAT(CheckLoader(Undocumented(), kExample),
              StatusIs(kBroken, HasSubstr("a code that engine/loader.h does not name")));
}

TEST(LoaderConformanceTest, ErrorWithoutAMessageIsFound) {
  class Silent : public LineLoader {
    absl::Status Damaged() const override { return absl::DataLossError(""); }
  };
  EXPECT_THAT(CheckLoader(Silent(), kExample), StatusIs(kBroken, HasSubstr("without a message")));
}

TEST(LoaderConformanceTest, LoaderThatTakesEverythingIsFound) {
  class Greedy : public LineLoader {
    absl::Status CanLoad(const ByteSource& source) const override { return absl::OkStatus(); }
  };
  EXPECT_THAT(CheckLoader(Greedy(), kExample), StatusIs(kBroken, HasSubstr("it must say InvalidArgument")));
}

TEST(LoaderConformanceTest, LoaderToBeNamedThatOffersItselfIsFound) {
  LoaderExample example = kExample;
  example.choice = LoaderChoice::kByName;
  EXPECT_THAT(CheckLoader(LineLoader(), example), StatusIs(kBroken, HasSubstr("of a loader that is only named")));
}

TEST(LoaderConformanceTest, StateIsFound) {
  class Counting : public LineLoader {
    int64_t Width(char digit) const override { return digit - '0' + loads_++ / 100; }
    mutable std::atomic<int64_t> loads_ = 90;
  };
  EXPECT_THAT(CheckLoader(Counting(), kExample), StatusIs(kBroken, HasSubstr("load")));
}

}  // namespace
}  // namespace loadstone::testing
