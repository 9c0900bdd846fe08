// What engine/loader.h promises, checked of any loader: for the tests of those who write one.
#ifndef LOADSTONE_ENGINE_TESTING_LOADER_CONFORMANCE_H_
#define LOADSTONE_ENGINE_TESTING_LOADER_CONFORMANCE_H_

#include <string>

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/model_spec.h"

namespace loadstone::testing {

enum class LoaderChoice {
  kByContent,  // CanLoad says yes to the example
  kByName,     // never unasked: CanLoad says InvalidArgument to every file
};

struct LoaderExample {
  std::string bytes;  // a valid file of some KiB: it is loaded a few thousand times, cut and changed
  ModelSpec spec;     // as its user would name it; path and name do not matter
  // Where the bytes are said to lie: for a format of several files, a path beside the others.
  std::string path = "conformance";
  LoaderChoice choice = LoaderChoice::kByContent;
};

// OK, or FailedPrecondition: the first promise that is broken, and by which bytes.
//   The example is known and loads; other files are refused as such. The example cut at any length, or with any byte
//   changed, is a Status of the documented codes with a message, or NotFound of another file that it names: no
//   exception, no crash. Many threads may load at once, from one ByteSource too, and get the same. What was loaded before
//   changes nothing: the loader is stateless.
//
//   TEST(TextWeightsLoaderTest, Conforms) { EXPECT_OK(CheckLoader(TextWeightsLoader(), {.bytes = kExample})); }
absl::Status CheckLoader(const Loader& loader, const LoaderExample& example);

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_LOADER_CONFORMANCE_H_
