// The program itself, with the files that real PyTorch wrote: what it prints where, and how it ends.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/command/run_program.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ProgramResult;
using testing::ProgramSetup;
using ::testing::StartsWith;

ProgramResult Loadstone(const std::vector<std::string>& arguments, const ProgramSetup& setup = {}) {
  return testing::RunProgram("tools/loadstone", arguments, setup);
}

std::string Digits(absl::string_view name) { return absl::StrCat("tests/testdata/digits/", name); }
std::string Hostile(absl::string_view name) { return absl::StrCat("tests/testdata/hostile/", name); }
std::string Temporary(absl::string_view name) { return absl::StrCat(::testing::TempDir(), "/", name); }

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string WriteTemporary(absl::string_view name, absl::string_view bytes) {
  const std::string path = Temporary(name);
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

ProgramResult RunOnSeven(const std::string& path) { return Loadstone({"run", path, "--input", Digits("seven.npy")}); }

void ExpectFailed(const ProgramResult& result, absl::string_view begins, absl::string_view says) {
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.signal, 0);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(StartsWith(std::string(begins)), HasSubstr(std::string(says))));
}

void ExpectUsageError(const ProgramResult& result, absl::string_view says) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(StartsWith("usage error: "), HasSubstr(std::string(says)), HasSubstr("--help")));
}

TEST(RunCommandTest, ClassifiesTheSeven) {
  const ProgramResult result = RunOnSeven(Digits("full_module.pth"));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(StartsWith("output: float32 [1, 10]\n[["), HasSubstr("row 0: best 7, score 5.4")));
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(PrintCommandTest, SaysWhatAnonymousWeightsAreRecognisedAs) {
  const std::string file = "tests/families/testdata/resnet/state_dict.pth";
  const ProgramResult result = Loadstone({"print", file});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, ReadText("tests/families/testdata/resnet/resnet18_10_classes.txt"));
  EXPECT_EQ(result.err, absl::StrCat(file, ": recognised as torchvision.models.resnet18(num_classes=10), by "
                                           "torchvision.resnet\n"));
}

TEST(PrintCommandTest, TakesAHuggingFaceFolder) {
  const ProgramResult result = Loadstone({"print", "tests/families/testdata/bert/folder"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, ReadText("tests/families/testdata/bert/print.txt"));
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(RunCommandTest, ClassifiesTheThreeFromAStateDict) {
  const ProgramResult result = Loadstone({"run", Digits("state_dict.pth"), "--arch", "digits.model.DigitsNet",
                                          "--arch_args", R"({"width": 16})", "--input", Digits("three.npy")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("row 0: best 3"));
}

TEST(RunCommandTest, WritesWhatVerifyAccepts) {
  const std::string path = Temporary("logits.npy");
  const ProgramResult run =
      Loadstone({"run", Digits("full_module.pth"), "--input", Digits("images.npy"), "--output", path});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, absl::StrCat("wrote ", path, "\noutput: float32 [450, 10]\n"));
  const ProgramResult verify = Loadstone({"verify", Digits("full_module.pth"), "--input", Digits("images.npy"),
                                          "--expect", path, "--rtol", "1e-6", "--atol", "1e-6"});
  EXPECT_EQ(verify.exit_code, 0) << verify.out;
}

TEST(RunCommandTest, OtherOutputIsRefusedBeforeAnythingRuns) {
  ExpectFailed(Loadstone({"run", "nothing.pth", "--input", "nothing.npy", "--output", "out.csv"}),
               "error: UNIMPLEMENTED: ", ".npy, .pt, .pth, .safetensors");
}

TEST(ConvertCommandTest, ConvertedWeightsRunAsTheOriginal) {
  for (const char* name : {"full_module.pth", "state_dict.pth"}) {
    const std::string path = Temporary("converted.safetensors");
    const ProgramResult convert = Loadstone({"convert", Digits(name), path});
    ASSERT_EQ(convert.exit_code, 0) << convert.err;
    EXPECT_THAT(convert.out, StartsWith(absl::StrCat("wrote ", path, ": ")));
    // Weights aligned otherwise may change the last bit of a sum.
    const ProgramResult verify = Loadstone({"verify", path, "--arch", "digits.model.DigitsNet", "--arch_args",
                                            R"({"width": 16})", "--input", Digits("images.npy"), "--expect",
                                            Digits("logits.npy"), "--rtol", "1e-5", "--atol", "1e-5"});
    EXPECT_EQ(verify.exit_code, 0) << name << ": " << verify.out << verify.err;
  }
}

TEST(ConvertCommandTest, CheckpointKeepsItsKeysAndSaysWhatIsLeftOut) {
  const std::string path = Temporary("checkpoint.safetensors");
  const ProgramResult convert = Loadstone({"convert", Digits("checkpoint.pth"), path});
  ASSERT_EQ(convert.exit_code, 0) << convert.err;
  EXPECT_THAT(convert.out, HasSubstr("left out: optimizer_state_dict\n"));
  EXPECT_THAT(ReadText(path), HasSubstr("\"model_state_dict.fc.weight\""));
  const ProgramResult chosen = Loadstone({"convert", Digits("checkpoint.pth"), path, "--weights_key", "model_state_dict"});
  ASSERT_EQ(chosen.exit_code, 0) << chosen.err;
  EXPECT_THAT(ReadText(path), HasSubstr("\"fc.weight\""));
}

TEST(ConvertCommandTest, HostileFileLeavesNoOutput) {
  const std::string path = Temporary("hostile.safetensors");
  const ProgramResult convert = Loadstone({"convert", Hostile("os_system.pth"), path});
  ExpectFailed(convert, "error: PERMISSION_DENIED: ", "os_system.pth");
  EXPECT_FALSE(fs::exists(path));
}

TEST(RunCommandTest, ThreadsAndDeviceAreTaken) {
  const ProgramResult result = Loadstone({"run", Digits("full_module.pth"), "--input", Digits("seven.npy"), "--threads",
                                          "1", "--device", "cpu", "--loader", "full_module"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("best 7"));
}

TEST(RunCommandTest, DeviceThatIsNotThereIsNamed) {
  ExpectFailed(Loadstone({"run", Digits("full_module.pth"), "--input", Digits("seven.npy"), "--device", "cuda:9"}),
               "error: NOT_FOUND: ", "cuda:9");
}

TEST(RunCommandTest, WrongPathNamesTheNearest) {
  ExpectFailed(RunOnSeven(Digits("full_modul.pth")), "error: NOT_FOUND: no file tests/testdata/digits/full_modul.pth",
               "did you mean full_module.pth");
}

TEST(RunCommandTest, WrongInputPathNamesTheNearest) {
  ExpectFailed(Loadstone({"run", Digits("full_module.pth"), "--input", Digits("sevn.npy")}),
               "error: NOT_FOUND: no file tests/testdata/digits/sevn.npy", "did you mean seven.npy");
}

TEST(RunCommandTest, InputOfAnotherShapeSaysWhichLayerRefusedIt) {
  ExpectFailed(Loadstone({"run", Digits("full_module.pth"), "--input", Digits("logits.npy")}),
               "error: INVALID_ARGUMENT: ", "torch.nn.modules.conv.Conv2d");
}

TEST(RunCommandTest, WeightsAloneAskForTheArchitecture) {
  ExpectFailed(RunOnSeven(Digits("state_dict.pth")), "error: INVALID_ARGUMENT: ", "--arch");
}

TEST(RunCommandTest, LenientLoadRunsAndWarns) {
  const std::vector<std::string> arguments = {
      "run", Digits("mismatched_state_dict.pth"), "--arch", "digits.model.DigitsNet", "--input", Digits("seven.npy")};
  ExpectFailed(Loadstone(arguments), "error: INVALID_ARGUMENT: ", "fc.bias");
  std::vector<std::string> lenient = arguments;
  lenient.push_back("--no_strict");
  const ProgramResult result = Loadstone(lenient);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("[1, 10]"));
  EXPECT_THAT(result.err, HasSubstr("fc.bias"));
}

TEST(RunCommandTest, CheckpointKeyIsTaken) {
  const ProgramResult result = Loadstone({"run", Digits("checkpoint.pth"), "--weights_key", "model_state_dict",
                                          "--arch", "digits.model.DigitsNet", "--input", Digits("seven.npy")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("best 7"));
}

TEST(RunCommandTest, VerbosityLogsToStderr) {
  const ProgramResult result = Loadstone({"run", Digits("full_module.pth"), "--input", Digits("seven.npy"), "-v", "1"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("loaded"));
  EXPECT_THAT(result.out, StartsWith("output: "));
}

TEST(RunCommandTest, TextFileSaysSo) {
  ExpectFailed(RunOnSeven(WriteTemporary("notes.pth", "epoch 1\nepoch 2\n")),
               "error: INVALID_ARGUMENT: ", "a text file");
}

TEST(RunCommandTest, HtmlPageSaysSo) {
  ExpectFailed(RunOnSeven(WriteTemporary("page.pth", "<!DOCTYPE html><html></html>")),
               "error: INVALID_ARGUMENT: ", "an HTML page");
}

TEST(RunCommandTest, LfsPointerSaysSo) {
  ExpectFailed(RunOnSeven(WriteTemporary("lfs.pth", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n")),
               "error: INVALID_ARGUMENT: ", "git lfs pull");
}

TEST(RunCommandTest, EmptyFileSaysSo) {
  ExpectFailed(RunOnSeven(WriteTemporary("empty.pth", "")), "error: INVALID_ARGUMENT: ", "empty (0 bytes)");
}

TEST(RunCommandTest, TruncatedFileIsDataLoss) {
  const std::string bytes = ReadText(Digits("full_module.pth"));
  ExpectFailed(RunOnSeven(WriteTemporary("half.pth", absl::string_view(bytes).substr(0, bytes.size() / 2))),
               "error: DATA_LOSS: ", "half.pth");
}

TEST(RunCommandTest, ControlCharactersOfAFileDoNotReachTheTerminal) {
  const ProgramResult result = RunOnSeven(WriteTemporary("x.pth", "\x1b[31mred\x07"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
}

TEST(RunCommandTest, FileThatCallsOsSystemIsRefusedAndNothingRuns) {
  fs::remove("loadstone_canary");
  ExpectFailed(RunOnSeven(Hostile("os_system.pth")), "error: PERMISSION_DENIED: ", "system");
  EXPECT_FALSE(fs::exists("loadstone_canary"));
}

TEST(RunCommandTest, HostileInputIsRefusedAndNothingRuns) {
  fs::remove("loadstone_canary");
  ExpectFailed(Loadstone({"run", Digits("full_module.pth"), "--input", Hostile("os_system.pth")}),
               "error: PERMISSION_DENIED: ", "system");
  EXPECT_FALSE(fs::exists("loadstone_canary"));
}

class VerifyCommandTest : public ::testing::TestWithParam<std::string> {};

TEST_P(VerifyCommandTest, OutputsAreAsRecorded) {
  std::vector<std::string> arguments = {"verify",   Digits(GetParam()),  "--input", Digits("images.npy"),
                                        "--expect", Digits("logits.npy")};
  if (GetParam().find("module") == std::string::npos) {
    arguments.insert(arguments.end(), {"--arch", "digits.model.DigitsNet"});
  }
  const ProgramResult result = Loadstone(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("mismatches: 0 of 4500"), HasSubstr("as expected\n")));
  EXPECT_THAT(result.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(AllFiles, VerifyCommandTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth",
                                           "gpu_full_module.pth"),
                         [](const ::testing::TestParamInfo<std::string>& info) {
                           return info.param.substr(0, info.param.size() - 4);
                         });

TEST(VerifyCommandFailureTest, MismatchPrintsTheNumbersAndFails) {
  const std::string path = Temporary("three_logits.npy");
  ASSERT_EQ(Loadstone({"run", Digits("full_module.pth"), "--input", Digits("three.npy"), "--output", path}).exit_code,
            0);
  const ProgramResult result =
      Loadstone({"verify", Digits("full_module.pth"), "--input", Digits("seven.npy"), "--expect", path});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("largest difference: absolute "), HasSubstr("worst at [0, "),
                                HasSubstr("mismatches: 10 of 10"), HasSubstr("not as expected\n")));
  EXPECT_THAT(result.err, StartsWith("error: OUT_OF_RANGE: output: 10 of 10 elements"));
}

TEST(VerifyCommandFailureTest, OtherShapeNamesBoth) {
  const ProgramResult result = Loadstone(
      {"verify", Digits("full_module.pth"), "--input", Digits("seven.npy"), "--expect", Digits("logits.npy")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("INVALID_ARGUMENT: output: has the shape [1, 10], expected is [450, 10]"));
}

TEST(VerifyCommandFailureTest, ExpectationIsRequired) {
  ExpectUsageError(Loadstone({"verify", "x.pth", "--input", "x.npy"}), "--expect");
}

TEST(BenchCommandTest, PrintsLatencyAndThroughput) {
  const ProgramResult result = Loadstone({"bench", Digits("full_module.pth"), "--input", Digits("seven.npy"), "--batch",
                                          "4", "--threads", "1", "--seconds", "0.1", "--callers", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("load "), HasSubstr("first inference "), HasSubstr("p50 "), HasSubstr("p99 "),
                                HasSubstr("callers 2, threads 1"), HasSubstr("(4 in each call)")));
}

TEST(BenchCommandTest, FailedInferenceFails) {
  ExpectFailed(Loadstone({"bench", Digits("full_module.pth"), "--input", Digits("logits.npy")}),
               "error: INVALID_ARGUMENT: ", "Conv2d");
}

TEST(InspectCommandTest, ListsAModulesClassesAndTensors) {
  const ProgramResult result = Loadstone({"inspect", Digits("full_module.pth")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("whole module"), HasSubstr("container zip"), HasSubstr("digits.model.DigitsNet"),
                    HasSubstr("registered"), HasSubstr("layer1.0.conv1.weight"), HasSubstr("verdict: safe")));
}

TEST(InspectCommandTest, JsonIsJson) {
  const ProgramResult result = Loadstone({"inspect", "--json", Digits("checkpoint.pth")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report["kind"], "checkpoint");
  EXPECT_EQ(report["models"][0]["path"], "model_state_dict");
}

TEST(InspectCommandTest, HostileFileIsDangerousAndNothingRuns) {
  fs::remove("loadstone_canary");
  const ProgramResult result = Loadstone({"inspect", Hostile("os_system.pth")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("dangerous: names "), HasSubstr("system"), HasSubstr("at byte "),
                                HasSubstr("of os_system/data.pkl"), HasSubstr("verdict: dangerous")));
  EXPECT_THAT(result.err, StartsWith("error: PERMISSION_DENIED: "));
  EXPECT_FALSE(fs::exists("loadstone_canary"));
}

TEST(InspectCommandTest, OtherFileSaysWhatItIs) {
  const ProgramResult result = Loadstone({"inspect", Digits("seven.npy")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("a NumPy array"), HasSubstr("verdict: suspicious")));
}

TEST(InspectCommandTest, TruncatedFileIsUnreadable) {
  const std::string half = ReadText(Digits("full_module.pth")).substr(0, 5000);
  const ProgramResult result = Loadstone({"inspect", WriteTemporary("half.pth", half)});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("verdict: unreadable: "));
  EXPECT_THAT(result.err, StartsWith("error: DATA_LOSS: "));
}

TEST(InspectCommandTest, OneBadFileOfSeveralDecidesTheExitCode) {
  const std::vector<std::string> files = {Digits("full_module.pth"), "absent.pth", Hostile("os_system.pth"),
                                          Digits("state_dict.pth")};
  const ProgramResult result = Loadstone({"inspect", "--json", files[0], files[1], files[2], files[3]});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(StartsWith("error: PERMISSION_DENIED: 2 of 4 files are dangerous or unreadable, as: "),
                                HasSubstr("os_system.pth")));
  const nlohmann::json reports = nlohmann::json::parse(result.out);
  std::vector<std::string> verdicts;
  for (const nlohmann::json& report : reports) verdicts.push_back(report["verdict"]);
  EXPECT_THAT(verdicts, ElementsAre("safe", "unreadable", "dangerous", "safe"));
  EXPECT_EQ(Loadstone({"inspect", files[0], files[3]}).exit_code, 0);
}

TEST(PrintCommandTest, PrintsByteForByteAsPython) {
  const ProgramResult result = Loadstone({"print", Digits("full_module.pth")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, ReadText(Digits("print.txt")));
}

TEST(PrintCommandTest, ArchitectureOfAStateDictPrintsTheSame) {
  const ProgramResult result = Loadstone({"print", Digits("state_dict.pth"), "--arch", "digits.model.DigitsNet"});
  EXPECT_EQ(result.out, ReadText(Digits("print.txt"))) << result.err;
}

class RepositoryCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    for (const absl::string_view version : {"1", "2"}) {
      fs::create_directories(fs::path(root_) / "digits" / std::string(version));
      fs::copy_file(Digits("state_dict.pth"), fs::path(root_) / "digits" / std::string(version) / "model.pth");
    }
    std::ofstream(fs::path(root_) / "digits" / "model.json")
        << R"({"architecture": {"class": "digits.model.DigitsNet"}})";
  }
  const std::string root_ = Temporary("repository");
};

TEST_F(RepositoryCommandTest, ModelsAreListed) {
  const ProgramResult result = Loadstone({"models", "--repository", root_});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("digits version 1\n"), HasSubstr("digits version 2\n"),
                                HasSubstr("architecture digits.model.DigitsNet")));
}

TEST_F(RepositoryCommandTest, ModelRunsByName) {
  const ProgramResult result =
      Loadstone({"run", "--model", "digits", "--repository", root_, "--input", Digits("seven.npy")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("best 7"));
}

TEST_F(RepositoryCommandTest, VersionIsTaken) {
  const std::vector<std::string> arguments = {"run",     "--model",           "digits",   "--repository", root_,
                                              "--input", Digits("seven.npy"), "--version"};
  std::vector<std::string> first = arguments;
  first.push_back("1");
  EXPECT_EQ(Loadstone(first).exit_code, 0);
  std::vector<std::string> missing = arguments;
  missing.push_back("7");
  ExpectFailed(Loadstone(missing), "error: NOT_FOUND: ", "7");
}

TEST_F(RepositoryCommandTest, WrongNameNamesTheNearest) {
  ExpectFailed(Loadstone({"run", "--model", "digit", "--repository", root_, "--input", Digits("seven.npy")}),
               "error: NOT_FOUND: ", "did you mean digits");
}

TEST_F(RepositoryCommandTest, FolderThatIsNotThereIsNotFound) {
  ExpectFailed(Loadstone({"models", "--repository", "no/such/folder"}), "error: NOT_FOUND: ", "no/such/folder");
}

TEST(PluginsCommandTest, ListsEverythingWithItsOrigin) {
  const ProgramResult result = Loadstone({"plugins"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("full_module"), HasSubstr("cpu"), HasSubstr("torch.nn.modules.linear.Linear"),
                                HasSubstr("custom_ops/torch_nn"), HasSubstr("digits.model.DigitsNet"),
                                HasSubstr("folder formats (1)\n  hugging_face  loaders/hugging_face\n"),
                                HasSubstr("torchvision.resnet  custom_ops/torchvision\n")));
}

TEST(UsageTest, HelpIsOnStdout) {
  const ProgramResult result = Loadstone({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("inspect"), HasSubstr("plugins"), HasSubstr("Exit code")));
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(UsageTest, HelpOfACommandListsItsFlags) {
  const ProgramResult result = Loadstone({"run", "--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("--arch_args"), HasSubstr("--output")));
}

TEST(UsageTest, NoCommandIsAnError) { ExpectUsageError(Loadstone({}), "no command"); }

TEST(UsageTest, UnknownCommandNamesTheNearest) {
  ExpectUsageError(Loadstone({"inspekt", "x"}), "did you mean inspect?");
}

TEST(UsageTest, UnknownFlagNamesTheNearest) {
  ExpectUsageError(Loadstone({"run", "x.pth", "--inptu", "x.npy"}), "unknown flag --inptu; did you mean --input");
}

TEST(UsageTest, MissingInputIsNamed) { ExpectUsageError(Loadstone({"run", "x.pth"}), "--input is required"); }

TEST(UsageTest, FileAfterTheInputsIsExplained) {
  ExpectUsageError(Loadstone({"run", "--input", "x.npy", "x.pth"}), "before --input");
}

TEST(UsageTest, MissingFileIsNamed) { ExpectUsageError(Loadstone({"inspect"}), "FILE is required"); }

TEST(UsageTest, ArgumentsThatAreNoJsonAreShown) {
  ExpectUsageError(Loadstone({"run", "x.pth", "--arch", "A", "--arch_args", "{width: 16}", "--input", "x.npy"}),
                   "not JSON");
}

TEST(UsageTest, FileAndModelExcludeEachOther) {
  ExpectUsageError(Loadstone({"run", "x.pth", "--model", "m", "--repository", "r", "--input", "x.npy"}), "--model");
}

TEST(UsageTest, ModelNeedsARepository) {
  ExpectUsageError(Loadstone({"run", "--model", "m", "--input", "x.npy"}), "--repository");
}

TEST(UsageTest, NumbersAreChecked) {
  ExpectUsageError(Loadstone({"run", "x.pth", "--input", "x.npy", "--threads", "0"}), "--threads");
}

TEST(ProcessTest, PathsMeanFromWhereTheUserStands) {
  const std::string folder = fs::absolute("tests/testdata/digits").string();
  const ProgramResult result = Loadstone({"run", "full_module.pth", "--input", "seven.npy"},
                                         {.environment = {"BUILD_WORKING_DIRECTORY=" + folder}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("best 7"));
}

TEST(ProcessTest, ReaderThatWentAwayIsNoError) {
  const ProgramResult result = Loadstone({"plugins"}, {.closed_pipe = true});
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(ProcessTest, FullDiskIsAnError) {
  const ProgramResult result = Loadstone({"plugins"}, {.out_path = "/dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, StartsWith("error: UNAVAILABLE: cannot write the results"));
}

}  // namespace
}  // namespace loadstone
