// What the random programs do not reach: classes, closures, generators, errors and limits.

#include "custom_ops/python_source/runtime/evaluator.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

using ::testing::HasSubstr;

// repr of the module's `r` after `source` ran, or the error.
std::string Outcome(const std::string& source, Limits limits = {}) {
  auto file = SourceFile::Parse("t.py", source);
  if (!file.ok()) return file.status().ToString();
  World world;
  Heap& heap = world.heap();
  Evaluator evaluator(world, limits);
  const Value module(heap.New<ModuleObject>("t"));
  auto code = Compile(*file, (*file)->root(), heap);
  if (!code.ok()) return code.status().ToString();
  Value result = evaluator.RunModule(*code, module.As<ModuleObject>());
  if (result) result = evaluator.GetAttribute(module, heap.Intern("r"));
  if (result) result = evaluator.Repr(result);
  return result ? std::string(result.As<StrObject>()->text()) : evaluator.TakeError().ToString();
}

TEST(EvaluatorTest, CallsBindAsInPython) {
  EXPECT_EQ(
      Outcome("def f(a, b=2, *c, d, e=5, **g): return [a, b, c, d, e, g]\nr = f(1, d=4, z=9), f(1, 2, 3, 4, d=0)\n"),
      "([1, 2, (), 4, 5, {'z': 9}], [1, 2, (3, 4), 0, 5, {}])");
  EXPECT_EQ(Outcome("def f(*a, **k): return a, k\nr = f(*[1, 2], 3, x=1, **{'y': 2})\n"),
            "((1, 2, 3), {'x': 1, 'y': 2})");
  EXPECT_THAT(Outcome("def f(a): pass\nf(b=1)\n"), HasSubstr("unexpected keyword argument 'b'"));
}

TEST(EvaluatorTest, ClosuresShareTheirVariables) {
  EXPECT_EQ(Outcome("def f():\n  n = 0\n  def g():\n    nonlocal n\n    n += 1\n    return n\n  return g\ng = f()\nr = "
                    "g(), g()\n"),
            "(1, 2)");
  EXPECT_EQ(Outcome("r = [g() for g in [lambda: i for i in (1, 2, 3)]]\n"), "[3, 3, 3]");
}

TEST(EvaluatorTest, ClassesFollowTheMro) {
  EXPECT_EQ(
      Outcome("class A:\n  x = 1\n  def f(self): return ['A']\nclass B(A):\n  def f(self): return ['B'] + A.f(self)\n"
              "class C(A):\n  def f(self): return ['C'] + A.f(self)\nclass D(B, C): pass\nd = D()\nd.y = 2\n"
              "r = d.f(), d.x, d.y\n"),
      "(['B', 'A'], 1, 2)");
  EXPECT_EQ(Outcome("class V:\n  def __init__(self, v): self.v = v\n  def __add__(self, o): return V(self.v + o.v)\n"
                    "  def __repr__(self): return f'V{self.v}'\nr = V(1) + V(2)\n"),
            "V3");
}

TEST(EvaluatorTest, GeneratorsAreLazy) {
  // What YOLO-like models do: the generator reads what its reader appends.
  EXPECT_EQ(Outcome("y = [1]\ng = (y[-1] * 2 for i in (0, 1, 2))\nfor v in g:\n  y += [v]\nr = y\n"), "[1, 2, 4, 8]");
  EXPECT_EQ(Outcome("def g(n):\n  while n:\n    yield n\n    n -= 1\nr = [*g(3)]\n"), "[3, 2, 1]");
}

TEST(EvaluatorTest, FinallyRunsOnEveryWay) {
  EXPECT_EQ(Outcome("s = []\ndef f():\n  global s\n  for i in (1, 2, 3):\n    try:\n      if i == 1: continue\n"
                    "      if i == 2: return 'returned'\n    finally:\n      s += [i]\nr = f(), s\n"),
            "('returned', [1, 2])");
  EXPECT_EQ(Outcome("class E(ValueError): pass\ntry:\n  try:\n    raise E('x')\n  except KeyError:\n    r = 1\n"
                    "  else:\n    r = 2\nexcept ValueError as e:\n  r = e.args\n"),
            "('x',)");
  EXPECT_EQ(
      Outcome("try:\n  try:\n    1 / 0\n  except ZeroDivisionError:\n    raise\nexcept ArithmeticError:\n  r = 3\n"),
      "3");
}

TEST(EvaluatorTest, ErrorsHavePlaceCaretAndCallChain) {
  EXPECT_EQ(Outcome("def g(x):\n  return x + 'a'\ndef f():\n  return g(1)\nf()\n"),
            "INVALID_ARGUMENT: TypeError: unsupported operand type(s) for +: 'int' and 'str'\n"
            "t.py:2:10: in g\n    return x + 'a'\n           ^\n"
            "t.py:4:10: called by f\nt.py:5:1: called by <module>");
}

TEST(EvaluatorTest, LimitsEndWhatDoesNotEnd) {
  EXPECT_THAT(Outcome("while True: pass\n", {.steps = 1000}), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Outcome("def f(): return f()\nf()\n"), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Outcome("r = 'a' * 10 ** 12\n"), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Outcome("r = [0] * 10 ** 12\n"), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Outcome("try:\n  while True: pass\nexcept BaseException: r = 1\n", {.steps = 1000}),
              HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(Outcome("x = []\ni = 0\nwhile i < 100000:\n  x = [x]\n  i += 1\nr = x == [x]\n"),
              HasSubstr("RESOURCE_EXHAUSTED"));
}

TEST(EvaluatorTest, WhatIsNotSupportedIsRefusedAndNotCaught) {
  EXPECT_THAT(Outcome("try:\n  r = 9223372036854775807 + 1\nexcept Exception: r = 0\n"),
              HasSubstr("UNIMPLEMENTED: unsupported: an int beyond 64 bits"));
  EXPECT_THAT(Outcome("match 1:\n  case 1: pass\n"),
              HasSubstr("unsupported: 'match' statement\nt.py:1:1: in <module>"));
  EXPECT_THAT(Outcome("import os\n"), HasSubstr("ModuleNotFoundError: No module named 'os'"));
  EXPECT_THAT(Outcome("().__class__.__base__\n"), HasSubstr("unsupported: attribute '__base__' of a class"));
  EXPECT_THAT(Outcome("eval('1')\n"), HasSubstr("name 'eval' is not defined"));
}

}  // namespace
}  // namespace loadstone::python
