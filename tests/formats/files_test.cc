// Files of every container, protocol, dtype and layout, written by PyTorch while the test was built (make_files.py).
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/allclose.h>
#include <ATen/ops/ones.h>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/logging.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/archive/tar_archive.h"
#include "loaders/torch_format/torch_file.h"
#include "tests/formats/manifest.h"
#include "tests/integration/test_models.h"
#include "tools/inspect/inspect_file.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_ = testing::ReadText("tests/formats/files.tar");
    ASSERT_OK_AND_ASSIGN(members_, ReadTar(bundle_));
    ASSERT_FALSE(members_.empty());
  }
  std::string bundle_;
  std::vector<TarMember> members_;
};

TEST_F(FilesTest, EveryTensorEqualsPythonsBitForBit) {
  ASSERT_EQ(members_.back().name, "manifest.json");
  const nlohmann::json manifest = nlohmann::json::parse(members_.back().bytes);
  std::vector<std::string> failures;
  size_t files = 0;
  size_t tensors = 0;
  for (const TarMember& member : members_) {
    const std::string name(member.name);
    if (!manifest.contains(name)) continue;
    ++files;
    const std::shared_ptr<ByteSource> source = ByteSource::FromBytes(std::string(member.bytes), name);
    const absl::StatusOr<std::shared_ptr<const TorchFile>> file = OpenTorchFile(*source);
    if (!file.ok()) {
      failures.push_back(absl::StrCat(name, ": ", file.status().ToString()));
      continue;
    }
    tensors += manifest[name]["tensors"].size();
    for (const std::string& difference : testing::CompareTensors(**file, manifest[name]["tensors"])) {
      failures.push_back(absl::StrCat(name, ": ", difference));
    }
  }
  std::cout << files << " files, " << tensors << " tensors compared, " << failures.size() << " differences\n";
  EXPECT_EQ(files, 39u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

// The digits model: {zip 2-5, legacy 1-5, tar} x {full module, state dict, checkpoint}, and state dicts with the prefixes
// that wrappers leave, or without what older releases did not save.
TEST_F(FilesTest, EveryContainerAndProtocolRunsLikePython) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(testing::TestDataPath("digits/images.npy")));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(testing::TestDataPath("digits/logits.npy")));
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  std::vector<std::string> failures;
  size_t models = 0;
  for (const TarMember& member : members_) {
    if (!absl::StartsWith(member.name, "models/")) continue;
    ++models;
    const std::string file(member.name.substr(7));
    ModelSpec spec = testing::DigitsSpec(file);
    spec.name = file;
    spec.path = testing::WriteTemporary(file, member.bytes);
    ASSERT_OK(engine->AddModel(spec));
    const absl::StatusOr<ServableHandle> model = engine->Acquire(file);
    if (!model.ok()) {
      failures.push_back(absl::StrCat(file, ": ", model.status().ToString()));
      continue;
    }
    const absl::StatusOr<c10::IValue> output = (*model)->Run({images});
    if (!output.ok() || !at::allclose(output->toTensor(), logits, /*rtol=*/1e-5, /*atol=*/1e-5)) {
      failures.push_back(absl::StrCat(file, ": other outputs ", output.status().ToString()));
    }
  }
  std::cout << models << " models run, " << failures.size() << " differ\n";
  EXPECT_EQ(models, 34u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

// Loads, prints and runs every model of `folder`, as Python did. Returns how many there were.
size_t CompareModels(const std::vector<TarMember>& members, absl::string_view folder, absl::string_view loader) {
  std::map<std::string, std::string> files;
  for (const TarMember& member : members) {
    if (absl::StartsWith(member.name, folder)) files[std::string(member.name)] = std::string(member.bytes);
  }
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  size_t models = 0;
  for (const auto& [name, bytes] : files) {
    if (!absl::EndsWith(name, ".pth")) continue;
    ++models;
    const std::string stem = name.substr(0, name.size() - 4);
    SCOPED_TRACE(stem);
    ModelSpec spec;
    spec.name = stem;
    spec.loader = std::string(loader);
    spec.path = testing::WriteTemporary("model.pth", bytes);
    if (const auto found = files.find(stem + ".template"); found != files.end()) {
      spec.architecture_file = testing::WriteTemporary("template.pth", found->second);
    }
    EXPECT_OK(engine->AddModel(spec));
    const absl::StatusOr<ServableHandle> model = engine->Acquire(stem);
    const absl::StatusOr<at::Tensor> input = ParseNpy(files[stem + ".npy"]);
    const absl::StatusOr<at::Tensor> expected = ParseNpy(files[stem + ".expected.npy"]);
    EXPECT_OK(model);
    EXPECT_OK(input);
    EXPECT_OK(expected);
    if (!model.ok() || !input.ok() || !expected.ok()) continue;
    const absl::StatusOr<c10::IValue> output = (*model)->Run({*input});
    EXPECT_OK(output);
    if (!output.ok()) continue;
    EXPECT_TRUE(at::allclose(output->toTensor(), *expected, /*rtol=*/1e-5, /*atol=*/1e-6));
    EXPECT_EQ((*model)->module().ToString() + "\n", files[stem + ".txt"]);
  }
  return models;
}

// Weight norm, spectral norm, pruning, DataParallel: as Python computes and prints them in eval mode.
TEST_F(FilesTest, HooksAndWrappersAreAppliedAsInPython) { EXPECT_EQ(CompareModels(members_, "wrapped/", ""), 9u); }

// The same in state dicts, and parametrizations, for an architecture that has whole tensors.
TEST_F(FilesTest, TensorsInPartsArePutTogetherAsInPython) { EXPECT_EQ(CompareModels(members_, "parts/", ""), 13u); }

TEST_F(FilesTest, TorchscriptRunsWhenItsLoaderIsNamed) {
  EXPECT_EQ(CompareModels(members_, "torchscript/", "torchscript"), 2u);
}

TEST_F(FilesTest, TorchscriptIsNotRunUnasked) {
  for (const TarMember& member : members_) {
    if (!absl::StartsWith(member.name, "torchscript/") || !absl::EndsWith(member.name, ".pth")) continue;
    ModelSpec spec;
    spec.name = "script";
    spec.path = testing::WriteTemporary("script.pth", member.bytes);
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    ASSERT_OK(engine->AddModel(spec));
    EXPECT_THAT(engine->Acquire("script"),
                testing::StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("name its loader: torchscript")));
  }
}

// Legacy files name a class inside a persistent id, with its source.
TEST_F(FilesTest, InspectNamesTheClassInEveryContainer) {
  size_t files = 0;
  for (const TarMember& member : members_) {
    if (!absl::EndsWith(member.name, "full_module.pth")) continue;
    SCOPED_TRACE(std::string(member.name));
    ++files;
    ASSERT_OK_AND_ASSIGN(const FileReport report,
                         InspectFile(testing::WriteTemporary("model.pth", member.bytes), *testing::BuiltinRegistry()));
    ASSERT_EQ(report.models.size(), 1u);
    EXPECT_EQ(report.models[0].class_name, "digits.model.DigitsNet");
  }
  EXPECT_EQ(files, 10u);
}

// As data: nothing of the program runs.
TEST_F(FilesTest, TorchscriptsTensorsAreListedWithoutRunningIt) {
  size_t files = 0;
  for (const TarMember& member : members_) {
    if (!absl::StartsWith(member.name, "torchscript/") || !absl::EndsWith(member.name, ".pth")) continue;
    SCOPED_TRACE(std::string(member.name));
    ++files;
    ModelSpec spec;
    spec.name = "script";
    spec.loader = "torchscript";
    spec.path = testing::WriteTemporary("script.pth", member.bytes);
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    ASSERT_OK(engine->AddModel(spec));
    ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("script"));
    std::vector<std::string> names;
    for (const auto& [name, tensor] : model->module().named_parameters()) names.push_back(name);
    for (const auto& [name, tensor] : model->module().named_buffers()) names.push_back(name);
    ASSERT_OK_AND_ASSIGN(const FileReport report, InspectFile(spec.path, *testing::BuiltinRegistry()));
    EXPECT_EQ(report.kind, FileReport::Kind::kTorchscript);
    ASSERT_EQ(report.models.size(), 1u);
    std::vector<std::string> listed;
    for (const FileReport::Tensor& tensor : report.models[0].tensors) listed.push_back(tensor.name);
    EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(names));
  }
  EXPECT_EQ(files, 2u);
}

TEST_F(FilesTest, CopiesAreSaidAtVerbosity1) {
  const std::map<std::string, std::string> words = {{"zip/deflated.pt", " is compressed: inflated"},
                                                    {"zip/unaligned.pt", " is not aligned in the file: copied"},
                                                    {"zip/big_endian_4.pt", " is big-endian: copied and swapped"}};
  const nlohmann::json manifest = nlohmann::json::parse(members_.back().bytes);
  size_t files = 0;
  FLAGS_logtostderr = true;
  FLAGS_v = 1;
  for (const TarMember& member : members_) {
    const auto expected = words.find(std::string(member.name));
    if (expected == words.end()) continue;
    ++files;
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source,
                         ByteSource::Map(testing::WriteTemporary("file.pt", member.bytes)));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const TorchFile> file, OpenTorchFile(*source));
    ::testing::internal::CaptureStderr();
    EXPECT_THAT(testing::CompareTensors(*file, manifest[member.name]["tensors"]), ::testing::IsEmpty());
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr(expected->second));
  }
  FLAGS_v = 0;
  EXPECT_EQ(files, words.size());
}

TEST_F(FilesTest, TorchscriptIsForTheCpu) {
  for (const TarMember& member : members_) {
    if (member.name != "torchscript/traced.pth") continue;
    ModelSpec spec;
    spec.name = "script";
    spec.loader = "torchscript";
    spec.path = testing::WriteTemporary("script.pth", member.bytes);
    spec.device = "cuda:0";
    const std::shared_ptr<const PluginRegistry> registry = testing::BuiltinRegistry();
    ASSERT_OK_AND_ASSIGN(const Loader* loader, registry->FindLoader("torchscript"));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(spec.path));
    EXPECT_THAT(loader->Load(spec, *source).status(),
                testing::StatusIs(absl::StatusCode::kUnimplemented, ::testing::HasSubstr("on the cpu only")));
  }
}

TEST_F(FilesTest, TorchscriptPathsLeadToItsTensors) {
  for (const TarMember& member : members_) {
    if (member.name != "torchscript/scripted.pth") continue;
    ModelSpec spec;
    spec.name = "script";
    spec.loader = "torchscript";
    spec.path = testing::WriteTemporary("script.pth", member.bytes);
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    ASSERT_OK(engine->AddModel(spec));
    ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("script"));
    ASSERT_OK_AND_ASSIGN(const at::Tensor weight, model->module().FindParameter("net.0.weight"));
    EXPECT_EQ(weight.sizes(), (std::vector<int64_t>{4, 6}));
    EXPECT_OK(model->module().FindBuffer("net.1.running_mean"));
    EXPECT_THAT(model->Run({at::ones({2, 5})}),
                testing::StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("six features")));
  }
}

}  // namespace
}  // namespace loadstone
