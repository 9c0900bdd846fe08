#include "engine/testing/loader_conformance.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/testing/fingerprint.h"

namespace loadstone::testing {
namespace {

constexpr size_t kMaxVariants = 2000;  // of cuts, and of changes; a longer file is cut at every so many bytes
constexpr int kThreads = 4;
constexpr int kLoadsOfAThread = 4;

class LoaderCheck {
 public:
  LoaderCheck(const Loader& loader, const LoaderExample& example) : loader_(loader), example_(example) {}

  absl::Status Run() {
    if (loader_.name().empty()) return Broken("its name is empty");
    RETURN_IF_ERROR(CheckForeignFiles());
    RETURN_IF_ERROR(CheckExample());
    RETURN_IF_ERROR(CheckCuts());
    RETURN_IF_ERROR(CheckChanges());
    RETURN_IF_ERROR(CheckThreads());
    // After all these files.
    absl::StatusOr<std::string> again = Load(*Source(example_.bytes));
    if (again.ok() && *again == expected_) return absl::OkStatus();
    return Broken("the example loads differently after other files: the loader has a state");
  }

 private:
  absl::Status Broken(absl::string_view how) const {
    return absl::FailedPreconditionError(absl::StrCat("loader ", loader_.name(), ": ", how));
  }

  std::shared_ptr<ByteSource> Source(std::string bytes) const {
    return ByteSource::FromBytes(std::move(bytes), example_.path);
  }

  // What the loader makes of `source`, as text. FailedPrecondition: it broke a promise.
  absl::StatusOr<std::string> Load(const ByteSource& source) const {
    try {
      const absl::Status verdict = loader_.CanLoad(source);
      absl::StatusOr<ModelContent> content = loader_.Load(example_.spec, source);
      if (!verdict.ok()) RETURN_IF_ERROR(CheckError("CanLoad", verdict));
      if (!content.ok()) {
        RETURN_IF_ERROR(CheckError("Load", content.status()));
        return content.status();
      }
      return Fingerprint(*content);
    } catch (const std::exception& error) {
      return Broken(absl::StrCat("throws: ", error.what()));
    }
  }

  absl::Status CheckError(absl::string_view function, const absl::Status& status) const {
    switch (status.code()) {
      case absl::StatusCode::kInvalidArgument:
      case absl::StatusCode::kDataLoss:
      case absl::StatusCode::kNotFound:
      case absl::StatusCode::kPermissionDenied:
      case absl::StatusCode::kResourceExhausted:
      case absl::StatusCode::kUnimplemented:
        break;
      default:
        return Broken(
            absl::StrCat(function, " returns ", status.ToString(), ", a code that engine/loader.h does not name"));
    }
    if (status.message().empty()) return Broken(absl::StrCat(function, " returns an error without a message"));
    return absl::OkStatus();
  }

  absl::Status CheckForeignFiles() const {
    for (const char* bytes : {"", "\n", "a text of somebody else's, which is no model\n"}) {
      const std::shared_ptr<ByteSource> source = Source(bytes);
      const absl::Status verdict = loader_.CanLoad(*source);
      if (!absl::IsInvalidArgument(verdict)) {
        return Broken(absl::StrCat("CanLoad says of the file '", bytes, "': ", verdict.ToString(),
                                   "; of what is something else it must say InvalidArgument"));
      }
      const absl::StatusOr<std::string> loaded = Load(*source);
      if (loaded.ok()) return Broken(absl::StrCat("Load takes the file '", bytes, "'"));
      if (absl::IsFailedPrecondition(loaded.status())) return loaded.status();
    }
    return absl::OkStatus();
  }

  absl::Status CheckExample() {
    const std::shared_ptr<ByteSource> source = Source(example_.bytes);
    const absl::Status verdict = loader_.CanLoad(*source);
    if (example_.choice == LoaderChoice::kByContent && !verdict.ok()) {
      return Broken(absl::StrCat("CanLoad refuses the example: ", verdict.ToString()));
    }
    if (example_.choice == LoaderChoice::kByName && !absl::IsInvalidArgument(verdict)) {
      return Broken(absl::StrCat("CanLoad says of the example: ", verdict.ToString(),
                                 "; of a loader that is only named it must say InvalidArgument"));
    }
    const absl::StatusOr<std::string> loaded = Load(*source);
    if (!loaded.ok()) return Broken(absl::StrCat("Load refuses the example: ", loaded.status().ToString()));
    expected_ = *loaded;
    return absl::OkStatus();
  }

  absl::Status CheckVariant(const std::string& bytes, absl::string_view what, size_t at) const {
    const absl::StatusOr<std::string> loaded = Load(*Source(bytes));
    if (!absl::IsFailedPrecondition(loaded.status())) return absl::OkStatus();
    return Annotate(loaded.status(), absl::StrCat("the example ", what, " byte ", at));
  }

  size_t Step() const { return std::max<size_t>(1, example_.bytes.size() / kMaxVariants); }

  absl::Status CheckCuts() const {
    for (size_t size = 0; size < example_.bytes.size(); size += Step()) {
      RETURN_IF_ERROR(CheckVariant(example_.bytes.substr(0, size), "cut at", size));
    }
    return absl::OkStatus();
  }

  absl::Status CheckChanges() const {
    constexpr unsigned char kMasks[] = {0x01, 0x80, 0xff, 0x10};
    std::string bytes = example_.bytes;
    for (size_t at = 0; at < bytes.size(); at += Step()) {
      const char original = bytes[at];
      bytes[at] = static_cast<char>(original ^ kMasks[at % std::size(kMasks)]);
      RETURN_IF_ERROR(CheckVariant(bytes, "with another", at));
      bytes[at] = original;
    }
    return absl::OkStatus();
  }

  absl::Status CheckThreads() const {
    const std::shared_ptr<ByteSource> shared = Source(example_.bytes);
    std::vector<absl::Status> results(kThreads);
    {
      std::vector<std::jthread> threads;
      for (absl::Status& result : results) {
        threads.emplace_back([this, &result, &shared] {
          for (int i = 0; i < kLoadsOfAThread && result.ok(); ++i) {
            const absl::StatusOr<std::string> loaded = Load(i % 2 == 0 ? *shared : *Source(example_.bytes));
            if (!loaded.ok() || *loaded != expected_) {
              result =
                  Broken(absl::StrCat("loads differently in several threads at once: ", loaded.status().ToString()));
            }
          }
        });
      }
    }
    for (const absl::Status& result : results) RETURN_IF_ERROR(result);
    return absl::OkStatus();
  }

  const Loader& loader_;
  const LoaderExample& example_;
  std::string expected_;
};

}  // namespace

absl::Status CheckLoader(const Loader& loader, const LoaderExample& example) {
  return LoaderCheck(loader, example).Run();
}

}  // namespace loadstone::testing
