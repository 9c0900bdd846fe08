#include "tools/inspect/inspect_file.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "loaders/archive/zip_builder.h"
#include "plugins/builtin/builtin_plugins.h"
#include "tools/inspect/report_json.h"
#include "tools/inspect/report_text.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::StatusIs;
using Kind = FileReport::Kind;
using Verdict = FileReport::Verdict;
using std::string_literals::operator""s;

std::string Digits(absl::string_view name) { return absl::StrCat("tests/testdata/digits/", name); }
std::string Hostile(absl::string_view name) { return absl::StrCat("tests/testdata/hostile/", name); }
std::string Values(absl::string_view name) { return absl::StrCat("tools/tensor_io/testdata/", name); }

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string WriteTemporary(absl::string_view name, absl::string_view bytes) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

FileReport Inspect(const std::string& path) {
  PluginRegistry registry;
  EXPECT_OK(RegisterBuiltinPlugins(registry));
  absl::StatusOr<FileReport> report = InspectFile(path, registry);
  EXPECT_OK(report);
  return report.ok() ? *std::move(report) : FileReport();
}

std::vector<std::string> Names(const std::vector<FileReport::Tensor>& tensors) {
  std::vector<std::string> names;
  for (const FileReport::Tensor& tensor : tensors) names.push_back(tensor.name);
  return names;
}

const FileReport::Entry* FindEntry(const FileReport& report, absl::string_view key) {
  for (const FileReport::Entry& entry : report.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

TEST(InspectFileTest, ModuleHasItsClassesAndPaths) {
  const FileReport report = Inspect(Digits("full_module.pth"));
  EXPECT_EQ(report.kind, Kind::kModule);
  EXPECT_EQ(report.container, "zip");
  EXPECT_EQ(report.pickle_protocol, 2);
  EXPECT_EQ(report.byte_order, "little");
  EXPECT_EQ(VerdictOf(report), Verdict::kSafe);
  EXPECT_THAT(report.findings, IsEmpty());
  ASSERT_THAT(report.models, SizeIs(1));
  const FileReport::Model& model = report.models[0];
  EXPECT_EQ(model.class_name, "digits.model.DigitsNet");
  EXPECT_EQ(model.classes[0].name, "digits.model.DigitsNet");
  EXPECT_TRUE(model.classes[0].registered);
  EXPECT_EQ(model.classes[0].origin, "custom_ops/examples/digits");
  EXPECT_EQ(model.tensors[0].name, "conv1.weight");
  EXPECT_EQ(model.tensors[0].dtype, "float32");
  EXPECT_THAT(model.tensors[0].shape, ElementsAre(16, 1, 3, 3));
  EXPECT_EQ(model.tensors[0].bytes, 16 * 9 * 4);
  EXPECT_THAT(model.problems, IsEmpty());
}

TEST(InspectFileTest, StateDictHasItsKeysInOrder) {
  const FileReport report = Inspect(Digits("state_dict.pth"));
  EXPECT_EQ(report.kind, Kind::kStateDict);
  ASSERT_THAT(report.models, SizeIs(1));
  const std::vector<std::string> keys =
      absl::StrSplit(ReadText(Digits("state_dict_keys.txt")), '\n', absl::SkipEmpty());
  EXPECT_EQ(Names(report.models[0].tensors), keys);
  EXPECT_THAT(report.entries, IsEmpty());
}

TEST(InspectFileTest, CheckpointHasItsEntriesWithShortValues) {
  const FileReport report = Inspect(Digits("checkpoint.pth"));
  EXPECT_EQ(report.kind, Kind::kCheckpoint);
  ASSERT_THAT(report.models, SizeIs(1));
  EXPECT_EQ(report.models[0].path, "model_state_dict");
  const FileReport::Entry* epoch = FindEntry(report, "epoch");
  ASSERT_NE(epoch, nullptr);
  EXPECT_EQ(epoch->type, "int");
  EXPECT_EQ(epoch->value, "20");
  const FileReport::Entry* version = FindEntry(report, "torch_version");
  ASSERT_NE(version, nullptr);
  EXPECT_THAT(version->value, HasSubstr("2.13.0"));
}

TEST(InspectFileTest, ClassThatIsNotRegisteredIsMarked) {
  PluginRegistry empty;
  ASSERT_OK_AND_ASSIGN(const FileReport report, InspectFile(Digits("full_module.pth"), empty));
  EXPECT_FALSE(report.models[0].classes[0].registered);
  EXPECT_THAT(ReportText(report), AllOf(HasSubstr("NOT REGISTERED"), HasSubstr("classes are not registered")));
}

TEST(InspectFileTest, LoneTensorIsDescribed) {
  const FileReport report = Inspect(Values("tensor.pt"));
  EXPECT_EQ(report.kind, Kind::kOther);
  ASSERT_THAT(report.entries, SizeIs(1));
  EXPECT_EQ(report.entries[0].type, "Tensor");
  EXPECT_EQ(report.entries[0].value, "float32 [1, 2]");
  EXPECT_EQ(VerdictOf(report), Verdict::kSafe);
}

TEST(InspectFileTest, ItemsOfATupleAreDescribed) {
  const FileReport report = Inspect(Values("tuple.pt"));
  ASSERT_THAT(report.entries, SizeIs(2));
  EXPECT_EQ(report.entries[1].key, "[1]");
  EXPECT_EQ(report.entries[1].value, "int64 [2]");
}

TEST(InspectFileTest, CommandIsDangerous) {
  const FileReport report = Inspect(Hostile("os_system.pth"));
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].verdict, Verdict::kDangerous);
  EXPECT_EQ(report.findings[0].name, "posix.system");
  EXPECT_EQ(report.findings[0].reason, "runs commands");
  EXPECT_EQ(report.findings[0].record, "os_system/data.pkl");
  EXPECT_EQ(report.findings[0].offset, 2);  // as Python's pickletools has it
  EXPECT_EQ(VerdictOf(report), Verdict::kDangerous);
  EXPECT_THAT(VerdictStatus(report), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("posix.system")));
}

TEST(InspectFileTest, DangerousCheckpointStillShowsItsWeights) {
  const FileReport report = Inspect(Hostile("eval_in_checkpoint.pth"));
  EXPECT_EQ(VerdictOf(report), Verdict::kDangerous);
  ASSERT_THAT(report.models, SizeIs(1));
  EXPECT_EQ(report.models[0].tensors[0].name, "weight");
}

TEST(InspectFileTest, UnknownClassesAreSuspiciousUntilTheyAreRegistered) {
  PluginRegistry empty;
  ASSERT_OK_AND_ASSIGN(const FileReport report, InspectFile(Digits("full_module.pth"), empty));
  EXPECT_EQ(VerdictOf(report), Verdict::kSuspicious);
  EXPECT_OK(VerdictStatus(report));
  EXPECT_EQ(report.findings[0].name, "digits.model.DigitsNet");
  EXPECT_EQ(report.findings[0].record, "full_module/data.pkl");
  EXPECT_EQ(report.findings[0].reason, "is neither plain data nor a registered class");
  for (const FileReport::Finding& finding : report.findings) EXPECT_TRUE(absl::StartsWith(finding.name, "digits."));
}

// What pickle.dump wrote, which torch.load and pickle.load both run.
TEST(InspectFileTest, BarePickleIsScanned) {
  const FileReport dangerous = Inspect(WriteTemporary("a.pkl",
                                                      "\x80\x02K\x01"
                                                      "0cos\nsystem\nX\x01\0\0\0x\x85R."s));
  EXPECT_EQ(VerdictOf(dangerous), Verdict::kDangerous);
  ASSERT_THAT(dangerous.findings, SizeIs(1));
  EXPECT_EQ(dangerous.findings[0].offset, 5);
  EXPECT_EQ(dangerous.findings[0].record, "");
  EXPECT_EQ(VerdictOf(Inspect(WriteTemporary("b.pkl", "\x80\x02}."))), Verdict::kSafe);
  EXPECT_EQ(VerdictOf(Inspect(WriteTemporary("c.pkl", "cshop\nRanker\n)R."))), Verdict::kSuspicious);
}

TEST(InspectFileTest, OffsetIsThatOfTheOpcodeWhereverTheNameStands) {
  const FileReport report = Inspect(WriteTemporary("a.pkl", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R."));
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].offset, 14);  // of STACK_GLOBAL
}

TEST(InspectFileTest, CallsBeforeAPickleBreaksAreFound) {
  EXPECT_EQ(VerdictOf(Inspect(WriteTemporary("a.pkl", "cos\nsystem\n(S'x'\ntR\xff"))), Verdict::kDangerous);
}

TEST(InspectFileTest, SecondPickleOfAFileIsScannedToo) {
  const FileReport report = Inspect(WriteTemporary("a.pkl", "N.cos\nsystem\n."));
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].offset, 2);
}

TEST(InspectFileTest, EveryPickleOfAZipIsScanned) {
  testing::ZipFile zip;
  zip.entries = {{.name = "a/data.pkl", .content = "\x80\x02}."},
                 {.name = "a/version", .content = "3\n"},
                 {.name = "a/other.pkl",
                  .content = "\x80\x02"
                             "cos\nsystem\n.",
                  .deflate = true}};
  const FileReport report = Inspect(WriteTemporary("two.pth", testing::Build(zip)));
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].record, "a/other.pkl");
  EXPECT_EQ(report.findings[0].offset, 2);
  EXPECT_EQ(VerdictOf(report), Verdict::kDangerous);
}

TEST(InspectFileTest, TorchscriptHoldsAProgram) {
  testing::ZipFile zip;
  zip.entries = {{.name = "a/data.pkl",
                  .content = "\x80\x02"
                             "c__torch__\nNet\n)\x81."},
                 {.name = "a/constants.pkl", .content = "\x80\x02)."},
                 {.name = "a/version", .content = "3\n"}};
  const FileReport report = Inspect(WriteTemporary("script.pt", testing::Build(zip)));
  EXPECT_EQ(VerdictOf(report), Verdict::kSuspicious);
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_THAT(report.findings[0].reason, HasSubstr("holds a TorchScript program"));
  EXPECT_OK(VerdictStatus(report));
}

TEST(InspectFileTest, OtherFileIsDescribedAndNotLookedInto) {
  const FileReport report = Inspect(Digits("print.txt"));
  EXPECT_EQ(report.kind, Kind::kUnknown);
  EXPECT_THAT(report.description, HasSubstr("a text file"));
  EXPECT_EQ(VerdictOf(report), Verdict::kSuspicious);
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_THAT(report.findings[0].reason, AllOf(HasSubstr("a text file"), HasSubstr("not looked into")));
  EXPECT_OK(VerdictStatus(report));
}

TEST(InspectFileTest, OtherFormatsAreReadByTheirLoaders) {
  constexpr absl::string_view kHeader = R"({"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string length = {static_cast<char>(kHeader.size()), 0, 0, 0, 0, 0, 0, 0};
  const FileReport report =
      Inspect(WriteTemporary("model.safetensors", absl::StrCat(length, kHeader, std::string(8, '\0'))));
  EXPECT_EQ(report.kind, Kind::kStateDict);
  EXPECT_EQ(report.container, "safetensors");
  EXPECT_FALSE(report.pickle_protocol.has_value());
  ASSERT_THAT(report.models, SizeIs(1));
  EXPECT_THAT(Names(report.models[0].tensors), ElementsAre("fc.bias"));
}

TEST(InspectFileTest, TruncatedFileIsBroken) {
  const std::string bytes = ReadText(Digits("full_module.pth"));
  const FileReport report = Inspect(WriteTemporary("half.pth", absl::string_view(bytes).substr(0, bytes.size() / 2)));
  EXPECT_EQ(report.kind, Kind::kBroken);
  EXPECT_EQ(VerdictOf(report), Verdict::kUnreadable);
  EXPECT_THAT(VerdictStatus(report), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("half.pth")));
}

TEST(InspectFileTest, NoFlippedByteBreaksTheReport) {
  const std::string bytes = ReadText(Values("dict.pt"));
  PluginRegistry registry;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0xFF);
    const absl::StatusOr<FileReport> report = InspectFile(WriteTemporary("flipped.pt", flipped), registry);
    ASSERT_OK(report) << "byte " << i;
    EXPECT_THAT(ReportText(*report), Not(IsEmpty()));
    EXPECT_TRUE(nlohmann::json::accept(ReportJson(*report))) << "byte " << i;
  }
}

TEST(InspectFileTest, MissingFileIsNotFound) {
  PluginRegistry registry;
  EXPECT_THAT(InspectFile(Digits("full_modul.pth"), registry),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("full_module.pth")));
}

TEST(ReportTextTest, HasEverySection) {
  EXPECT_THAT(ReportText(Inspect(Digits("checkpoint.pth"))),
              AllOf(HasSubstr("checkpoint, "), HasSubstr("at model_state_dict: a state dict"), HasSubstr("tensors ("),
                    HasSubstr("entries ("), HasSubstr("also names: "), HasSubstr("verdict: safe: ")));
}

TEST(ReportJsonTest, HasTheSameFacts) {
  const nlohmann::json json = nlohmann::json::parse(ReportJson(Inspect(Digits("full_module.pth"))));
  EXPECT_EQ(json["kind"], "whole module");
  EXPECT_EQ(json["verdict"], "safe");
  EXPECT_EQ(json["models"][0]["class"], "digits.model.DigitsNet");
  EXPECT_EQ(json["models"][0]["tensors"][0]["shape"], nlohmann::json({16, 1, 3, 3}));
  EXPECT_TRUE(json["findings"].empty());
}

TEST(ReportJsonTest, FindingSaysWhatAndWhere) {
  const nlohmann::json json = nlohmann::json::parse(ReportJson(Inspect(Hostile("os_system.pth"))));
  EXPECT_EQ(json["verdict"], "dangerous");
  const nlohmann::json& finding = json["findings"][0];
  EXPECT_EQ(finding["verdict"], "dangerous");
  EXPECT_EQ(finding["name"], "posix.system");
  EXPECT_EQ(finding["reason"], "runs commands");
  EXPECT_EQ(finding["record"], "os_system/data.pkl");
  EXPECT_TRUE(finding["offset"].is_number_unsigned());
}

TEST(ReportJsonTest, BytesThatAreNoTextAreReplaced) {
  FileReport report;
  report.path = "caf\xE9.pth";
  EXPECT_TRUE(nlohmann::json::accept(ReportJson(report)));
}

}  // namespace
}  // namespace loadstone
