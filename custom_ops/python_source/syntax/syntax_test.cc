#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "custom_ops/python_source/syntax/source_file.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

// The tree as text: (kind text op child...), "-" for an absent child; kinds by number would say nothing, so by source.
std::string Show(const Node* node) {
  if (node == nullptr) return "-";
  switch (node->kind) {
    case NodeKind::kName:
      return std::string(node->text);
    case NodeKind::kInteger:
      return absl::StrCat(node->integer);
    case NodeKind::kString:
      return absl::StrCat("'", node->text, "'");
    default:
      break;
  }
  static const auto* const kNames = new std::vector<std::string>{
      "Block",  "def",      "class",     "return",  "del",   "assign",     "augment",  "annotate", "for",      "while",
      "if",     "with",     "item",      "raise",   "try",   "except",     "assert",   "import",   "from",     "alias",
      "global", "nonlocal", "expr",      "pass",    "break", "continue",   "",         "named",    "",         "",
      "lambda", "?:",       "dict",      "set",     "list",  "tuple",      "listcomp", "setcomp",  "dictcomp", "gen",
      "clause", "yield",    "yieldfrom", "compare", "",      "call",       "kw",       "*",        "**",       "format",
      "joined", ".",        "[]",        "slice",   "name",  "int",        "float",    "str",      "True",     "False",
      "None",   "...",      "args",      "params",  "param", "unsupported"};
  std::string result = absl::StrCat("(", (*kNames)[static_cast<size_t>(node->kind)], OperatorText(node->op));
  if (!node->text.empty()) absl::StrAppend(&result, " ", node->text);
  for (const Node* child : node->children) absl::StrAppend(&result, " ", Show(child));
  return result + ")";
}

std::string Tree(std::string text) {
  auto file = SourceFile::Parse("t.py", std::move(text));
  if (!file.ok()) return std::string(file.status().message());
  std::string result;
  for (const Node* statement : (*file)->root().children)
    absl::StrAppend(&result, result.empty() ? "" : " ", Show(statement));
  return result;
}

TEST(SyntaxTest, Assignments) {
  EXPECT_EQ(Tree("a = b = 1, 2\n"), "(assign (tuple 1 2) a b)");
  EXPECT_EQ(Tree("(a, *b), c.d = e\n"), "(assign e (tuple (tuple a (* b)) (. d c)))");
  EXPECT_EQ(Tree("x,\n"), "(expr (tuple x))");
  EXPECT_EQ(Tree("x //= y\n"), "(augment// x y)");
  EXPECT_EQ(Tree("x: int = 3\n"), "(annotate int x 3)");
  EXPECT_EQ(Tree("del a, b[0]\n"), "(del a ([] b 0))");
}

TEST(SyntaxTest, Operators) {
  EXPECT_EQ(Tree("-x ** 2 + y @ z\n"), "(expr (+ (- (** x 2)) (@ y z)))");
  EXPECT_EQ(Tree("a < b is not c not in d\n"), "(expr (compare a (< b) (is not c) (not in d)))");
  EXPECT_EQ(Tree("a and not b or c\n"), "(expr (or (and a (not b)) c))");
  EXPECT_EQ(Tree("x if c else y\n"), "(expr (?: c x y))");
}

TEST(SyntaxTest, SubscriptsAndSlices) {
  EXPECT_EQ(Tree("x[1:2, ::3, ..., None, a:]\n"),
            "(expr ([] x (tuple (slice 1 2 -) (slice - - 3) (...) (None) (slice a - -))))");
  EXPECT_EQ(Tree("x[1,]\n"), "(expr ([] x (tuple 1)))");
  EXPECT_EQ(Tree("x[:]\n"), "(expr ([] x (slice - - -)))");
}

TEST(SyntaxTest, CallsAndParameters) {
  EXPECT_EQ(Tree("f(a, *b, c=1, **d)\n"), "(expr (call f a (* b) (kw c 1) (** d)))");
  EXPECT_EQ(Tree("f(x for x in y)\n"), "(expr (call f (gen x (clause x y))))");
  EXPECT_EQ(
      Tree("def f(a, /, b: int = 1, *c, d, **e) -> int:\n  return a, b\n"),
      "(def f (params (param a -) (param b 1) (param c -) (param d -) (param e -)) (Block (return (tuple a b))))");
  EXPECT_EQ(Tree("lambda: 0\n"), "(expr (lambda (params) 0))");
  EXPECT_EQ(Tree("@d(1)\nclass A(B, k=C): x = 1\n"), "(class A (args B (kw k C)) (Block (assign 1 x)) (call d 1))");
}

TEST(SyntaxTest, Displays) {
  EXPECT_EQ(Tree("{**a, 'b': 1}\n"), "(expr (dict - a 'b' 1))");
  EXPECT_EQ(Tree("[x for a, b in c for d in e if f if g]\n"),
            "(expr (listcomp x (clause (tuple a b) c) (clause d e f g)))");
  EXPECT_EQ(Tree("[*a.b[0], *c(d), *e + f]\n"), "(expr (list (* ([] (. b a) 0)) (* (call c d)) (* (+ e f))))");
  EXPECT_EQ(Tree("{k: v for k in z}\n"), "(expr (dictcomp k v (clause k z)))");
}

TEST(SyntaxTest, Strings) {
  EXPECT_EQ(Tree("'a\\n\\x41' \"b\" r'\\d'\n"), "(expr 'a\nAb\\d')");
  EXPECT_EQ(Tree("f'a{{b{x!r:>{w}.2f}c'\n"), "(expr (joined 'a{b' (format x (joined '>' (format w -) '.2f')) 'c'))");
  EXPECT_EQ(Tree("f'{x = }'\n"), "(expr (joined 'x = ' (format x -)))");
  EXPECT_EQ(Tree("'''a\n'b'''\n"), "(expr 'a\n'b')");
}

TEST(SyntaxTest, Statements) {
  EXPECT_EQ(Tree("if a: pass\nelif b: pass\nelse: c\n"),
            "(if a (Block (pass)) (Block (if b (Block (pass)) (Block (expr c)))))");
  EXPECT_EQ(Tree("for i, j in a, b: pass\nelse: c\n"), "(for (tuple i j) (tuple a b) (Block (pass)) (Block (expr c)))");
  EXPECT_EQ(Tree("try: a\nexcept X as e: b\nexcept: c\nelse: d\nfinally: e\n"),
            "(try (Block (expr a)) (Block (expr d)) (Block (expr e)) (except e X (Block (expr b))) (except - (Block "
            "(expr c))))");
  EXPECT_EQ(Tree("with (a as b, c()): pass\n"), "(with (Block (pass)) (item a b) (item (call c) -))");
  EXPECT_EQ(Tree("from ..a.b import c as d, e\nimport f.g as h\n"),
            "(from a.b (alias c d) (alias e -)) (import (alias f.g h))");
  EXPECT_EQ(Tree("raise X from y\n"), "(raise X y)");
}

TEST(SyntaxTest, SyntaxErrorsHavePlaceLineAndCaret) {
  EXPECT_EQ(Tree("x = 1\ny = (1 +\n"), "t.py:2:1: syntax error\n  y = (1 +\n  ^");
  EXPECT_EQ(Tree("\xC3\xA9 = 1; f() = 2\n"), "t.py:1:8: syntax error\n  \xC3\xA9 = 1; f() = 2\n         ^");
  EXPECT_THAT(Tree("print x\n"), HasSubstr("'print' is a function since Python 3"));
  EXPECT_THAT(Tree("f(a=1, a=2)\n"), HasSubstr("keyword argument repeated: a"));
}

TEST(SyntaxTest, UnsupportedConstructsAreListedAndDoNotRefuseTheFile) {
  auto file = SourceFile::Parse(
      "t.py", "match x:\n  case 1: pass\nasync def f(): pass\nz = 1j\nb'a'\nw = 1 << 99999999999999999999\n");
  ASSERT_OK(file);
  std::string found;
  for (const Node* node : (*file)->unsupported()) absl::StrAppend(&found, node->line, " ", node->text, "\n");
  EXPECT_EQ(found, "1 'match' statement\n3 'async def'\n4 complex numbers\n5 bytes\n6 integers beyond 64 bits\n");
}

TEST(SyntaxTest, TextIsUtf8) {
  for (const char* good : {"x = 'é €'", "x = '\xF0\x9F\x98\x80'", "x = '\xF4\x8F\xBF\xBF\xEE\x80\x80'"}) {
    EXPECT_OK(SourceFile::Parse("t.py", good)) << good;
  }
  // Latin-1, cut short, too long, a surrogate, past the last character.
  for (const char* bad :
       {"# \xE9", "# \xE2\x82", "# \xC0\x80", "# \xE0\x80\x80", "# \xED\xA0\x80", "# \xF4\x90\x80\x80"}) {
    EXPECT_THAT(SourceFile::Parse("t.py", bad), StatusIs(absl::StatusCode::kInvalidArgument, "t.py is not UTF-8"));
  }
}

TEST(SyntaxTest, DepthAndSizeAreLimited) {
  for (const char* open : {"(", "[", "{", "-", "f("}) {
    std::string text;
    for (int i = 0; i < 10000; ++i) text += open;
    EXPECT_THAT(SourceFile::Parse("t.py", text + "1"), ::testing::Not(::loadstone::testing::IsOk())) << open;
  }
  const std::string nested(10000, '(');
  EXPECT_THAT(SourceFile::Parse("t.py", nested + "1" + std::string(10000, ')') + "\n"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 200 levels")));
  std::string blocks;
  for (int i = 0; i < 250; ++i) blocks += std::string(i, ' ') + "if x:\n";
  EXPECT_THAT(SourceFile::Parse("t.py", blocks + std::string(250, ' ') + "pass\n"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 200 levels")));
  EXPECT_THAT(SourceFile::Parse("t.py", std::string(100 << 20, 'x')),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("104857600 bytes")));
}

}  // namespace
}  // namespace loadstone::python
