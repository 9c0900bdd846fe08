// Source that is wrong, or not supported: each a clear error with the place, the line, a caret and the call chain.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/python_source/source_model.h"

namespace loadstone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

// Not OK, and what it says.
MATCHER_P(Fails, message, "is an error whose message matches") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << "whose status is " << status.ToString();
  return !status.ok() && ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

class BadSourceTest : public ::testing::Test {
 protected:
  // The error of a model whose forward begins with `body`, without the folder's name.
  absl::Status OfForward(absl::string_view body) { return OfFile(NetSource(body)); }
  absl::Status OfFile(absl::string_view text) {
    const absl::Status status = model_.Run(text).status();
    const std::string folder = model_.folder().path() + "/";
    return absl::Status(status.code(), absl::StrReplaceAll(status.message(), {{folder, ""}}));
  }
  // A place in model.py, with its line and the caret below.
  static auto At(int line, int column, const std::string& source) {
    return AllOf(HasSubstr(absl::StrCat("model.py:", line, ":", column, ": ")), HasSubstr(absl::StrCat(source, "\n")),
                 HasSubstr("^"));
  }

  SourceModel model_;
};

TEST_F(BadSourceTest, GoodSourceRuns) { EXPECT_OK(OfForward("x = x + 1")); }

TEST_F(BadSourceTest, SyntaxErrors) {
  EXPECT_THAT(OfForward("x = (x + 1"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("syntax"), HasSubstr("model.py:10"))));
  EXPECT_THAT(OfForward("if x\n            pass"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("syntax"), HasSubstr("model.py:10"))));
  EXPECT_THAT(OfForward("x = 'open"), StatusIs(kInvalidArgument, AllOf(HasSubstr("syntax"), HasSubstr("model.py:10"))));
  EXPECT_THAT(OfFile("class Net(:\n    pass\n"), StatusIs(kInvalidArgument, HasSubstr("model.py:1")));
  EXPECT_THAT(OfFile(absl::string_view("x = '\0'\n", 8)), StatusIs(kInvalidArgument, HasSubstr("model.py")));
  EXPECT_THAT(OfFile("x = '\xff\xfe'\n"), StatusIs(kInvalidArgument, HasSubstr("model.py")));
}

TEST_F(BadSourceTest, UnsupportedStatements) {
  EXPECT_THAT(OfForward("match x.dim():\n            case 2:\n                x = x + 1"),
              Fails(AllOf(HasSubstr("unsupported: 'match' statement"), At(10, 9, "        match x.dim():"))));
  EXPECT_THAT(OfForward("async def later(): pass"),
              Fails(AllOf(HasSubstr("unsupported: 'async def'"), At(10, 9, "        async def later(): pass"))));
}

TEST_F(BadSourceTest, UnknownNames) {
  EXPECT_THAT(OfForward("x = unknown(x)"), Fails(AllOf(HasSubstr("'unknown'"), At(10, 13, "        x = unknown(x)"))));
  EXPECT_THAT(OfForward("x = self.conv3(x)"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("'Net' object has no attribute 'conv3'"),
                                               At(10, 13, "        x = self.conv3(x)"))));
  EXPECT_THAT(OfForward("x = torch.no_such_function(x)"),
              Fails(AllOf(HasSubstr("no_such_function"), HasSubstr("model.py:10:13"))));
}

TEST_F(BadSourceTest, MissingModuleListsTheFilesSearched) {
  EXPECT_THAT(OfFile(absl::StrCat("from shop.layers import Norm\n", NetSource("x = Norm()(x)"))),
              Fails(AllOf(HasSubstr("shop"), HasSubstr("shop/__init__.py"), HasSubstr("shop.py"))));
}

TEST_F(BadSourceTest, WrongKeywordNamesTheOverloads) {
  EXPECT_THAT(OfForward("x = torch.sum(x, dims=1)"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("sum"), HasSubstr("dims"), HasSubstr("dim"),
                                               At(10, 13, "        x = torch.sum(x, dims=1)"))));
}

TEST_F(BadSourceTest, UnsupportedLayerIsAnErrorOnlyWhenItIsUsed) {
  const std::string table =
      "from torch import nn\nLAYERS = {'a': nn.ReLU, 'b': nn.DataParallel, 'c': nn.NoSuchLayer}\n";
  EXPECT_THAT(OfFile(absl::StrCat(table, NetSource("x = LAYERS['c']()(x)"))), Fails(HasSubstr("NoSuchLayer")));
}

TEST_F(BadSourceTest, WrongNumberOfValuesToUnpack) {
  EXPECT_THAT(OfForward("a, b, c = x.shape"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("ValueError: not enough values to unpack (expected 3, got 2)"),
                                               At(10, 9, "        a, b, c = x.shape"))));
  EXPECT_THAT(OfForward("a, = x.shape"),
              StatusIs(kInvalidArgument, HasSubstr("ValueError: too many values to unpack (expected 1")));
}

TEST_F(BadSourceTest, EndlessLoopAndRecursionEnd) {
  EXPECT_THAT(OfForward("while True: pass"), StatusIs(kResourceExhausted, At(10, 21, "        while True: pass")));
  EXPECT_THAT(OfForward("x = self.forward(x)"), StatusIs(kResourceExhausted, HasSubstr("model.py:10:13")));
  EXPECT_THAT(OfForward("f = lambda g: g(g); f(f)"), StatusIs(kResourceExhausted, HasSubstr("model.py:10")));
  EXPECT_THAT(OfForward("try:\n            while True: pass\n        except BaseException:\n            pass"),
              StatusIs(kResourceExhausted, HasSubstr("model.py:11")));
}

TEST_F(BadSourceTest, TooLargeValues) {
  EXPECT_THAT(OfForward("s = 'a' * 10**12"), StatusIs(kResourceExhausted, At(10, 13, "        s = 'a' * 10**12")));
  EXPECT_THAT(OfForward("s = [0] * 10**12"), StatusIs(kResourceExhausted, HasSubstr("model.py:10:13")));
  EXPECT_THAT(OfForward("s = list(range(10**15))"), StatusIs(kResourceExhausted, HasSubstr("model.py:10:13")));
  EXPECT_THAT(OfForward("for i in range(10**15): pass"), StatusIs(kResourceExhausted, HasSubstr("model.py:10")));
  EXPECT_THAT(OfForward("s = [0]\n        while True: s += s"), StatusIs(kResourceExhausted, HasSubstr("model.py:11")));
  EXPECT_THAT(OfForward("s = 'ab'\n        while True: s = s + s"),
              StatusIs(kResourceExhausted, HasSubstr("model.py:11")));
  EXPECT_THAT(OfForward("s = '%1000000000000d' % 1"), Not(IsOk()));
  EXPECT_THAT(OfForward("s = f'{1:1000000000000d}'"), Not(IsOk()));
  EXPECT_THAT(OfForward("s = 10 ** 10 ** 10"), Not(IsOk()));
  EXPECT_THAT(OfForward("s = 'a'.ljust(10**12)"), Not(IsOk()));
  EXPECT_THAT(OfForward("s = ','.join(['a' * 10**6] * 10**6)"), Not(IsOk()));
}

TEST_F(BadSourceTest, ErrorsOfPythonSayWhatPythonSays) {
  EXPECT_THAT(OfForward("assert x.size(0) == 3, f'batch of {x.size(0)}'"),
              StatusIs(kInvalidArgument, HasSubstr("AssertionError: batch of 2")));
  EXPECT_THAT(OfForward("raise ValueError('no such mode: %s' % 'fast')"),
              StatusIs(kInvalidArgument, HasSubstr("ValueError: no such mode: fast")));
  EXPECT_THAT(OfForward("{}['key']"), StatusIs(kInvalidArgument, HasSubstr("KeyError: 'key'")));
  EXPECT_THAT(OfForward("[1][2]"), StatusIs(kInvalidArgument, HasSubstr("IndexError: list index out of range")));
  EXPECT_THAT(OfForward("1 // 0"), StatusIs(kInvalidArgument, HasSubstr("ZeroDivisionError")));
  EXPECT_THAT(OfForward("if x > 0: pass"), StatusIs(kInvalidArgument, HasSubstr("ambiguous")));
  EXPECT_THAT(OfForward("y"), Fails(HasSubstr("'y'")));
}

TEST_F(BadSourceTest, CallChainNamesEveryCaller) {
  const std::string source = absl::StrCat("def inner(x):\n    return x.reshape(3, 7)\n",
                                          "def outer(x):\n    return inner(x)\n", NetSource("x = outer(x)"));
  EXPECT_THAT(OfFile(source),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("shape '[3, 7]' is invalid for input of size 4"),
                                               At(2, 12, "    return x.reshape(3, 7)"), HasSubstr("model.py:4:12"),
                                               HasSubstr("model.py:14:13"), HasSubstr("forward"))));
}

TEST_F(BadSourceTest, LayerErrorsNameThePlaceToo) {
  EXPECT_THAT(OfForward("x = self.fc(x[:, :1])"),
              StatusIs(kInvalidArgument, AllOf(HasSubstr("model.py:10:13"), HasSubstr("Linear"))));
}

TEST_F(BadSourceTest, MissingClassNamesWhatIsThere) {
  const absl::Status status = model_.Load(NetSource("pass"), "model.Nett").status();
  EXPECT_THAT(status, Fails(HasSubstr("model.Nett is not registered, and not in the source")));
  EXPECT_FALSE(model_.Load("x = 1\n", "model.x").ok());
  EXPECT_FALSE(model_.Load("class Net: pass\n", "model.Net").ok());
  EXPECT_FALSE(model_.Load(NetSource("pass"), "other.Net").ok());
}

TEST_F(BadSourceTest, AllUnsupportedConstructsAreListedAtLoad) {
  const std::string source = NetSource(
      "if x.dim() == 7:\n            match x:\n                case _: pass\n            x = missing_one(x)\n"
      "            x = missing_two(x)");
  const absl::Status status = model_.Load(source).status();
  EXPECT_THAT(status, Fails(AllOf(HasSubstr("'match' statement"), HasSubstr("missing_one"), HasSubstr("missing_two"))));
}

TEST_F(BadSourceTest, BranchesForTrainingAndScriptingNeverRun) {
  EXPECT_OK(
      OfForward("if self.training or torch.jit.is_scripting(): x = missing(x)\n"
                "        if not torch.jit.is_tracing(): x = x + 1\n        else: match = missing(x)"));
}

// A second class of the file, and a part of the model that forward does not use.
TEST_F(BadSourceTest, ClassesThatForwardDoesNotUseDoNotMatter) {
  EXPECT_OK(OfFile(
      absl::StrCat("from torch import nn\nclass Loss(nn.Module):\n    def forward(self, x):\n"
                   "        match x:\n            case _: return missing(x)\n",
                   absl::StrReplaceAll(NetSource("pass"),
                                       {{"nn.Linear(2, 2)\n", "nn.Linear(2, 2)\n        self.loss = Loss()\n"}}))));
}

}  // namespace
}  // namespace loadstone::testing
