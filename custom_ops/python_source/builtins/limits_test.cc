// Programs that ask for too much end with an error, in time and in memory.

#include <string>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/builtins.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::python {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string Outcome(const std::string& source) {
  auto file = SourceFile::Parse("t.py", source);
  if (!file.ok()) return file.status().ToString();
  World world;
  InstallBuiltins(world);
  Evaluator evaluator(world, {.steps = 100'000, .bytes = int64_t{64} << 20});
  const Value module(world.heap().New<ModuleObject>("t"));
  auto code = Compile(*file, (*file)->root(), world.heap());
  if (!code.ok()) return code.status().ToString();
  return evaluator.RunModule(*code, module.As<ModuleObject>()) ? "done" : evaluator.TakeError().ToString();
}

struct Case {
  const char* name;
  std::string source;
};

class LimitsTest : public ::testing::TestWithParam<Case> {};

TEST_P(LimitsTest, IsResourceExhausted) { EXPECT_THAT(Outcome(GetParam().source), HasSubstr("RESOURCE_EXHAUSTED")); }

INSTANTIATE_TEST_SUITE_P(
    All, LimitsTest,
    ::testing::Values(
        Case{"EndlessLoop", "while True: pass\n"},
        Case{"EndlessLoopThatCatches", "while True:\n  try: x = 1\n  except BaseException: pass\n"},
        Case{"EndlessRecursion", "def f(): return f()\nf()\n"},
        Case{"RecursionOfGetattr", "class A:\n  def __getattr__(self, n): return self.zz\nA().x\n"},
        Case{"RecursionOfRepr", "class A:\n  def __repr__(self): return repr(self)\nrepr(A())\n"},
        Case{"LongText", "'a' * 10 ** 12\n"}, Case{"TextThatDoubles", "x = 'ab'\nwhile True: x += x\n"},
        Case{"PaddedText", "'{:>99999999999}'.format(1)\n"}, Case{"PaddedTextByPercent", "'%999999999d' % 1\n"},
        Case{"JoinedText", "','.join(['a' * 10 ** 6] * 10 ** 4)\n"},
        Case{"ReplacedText", "('a' * 10 ** 4).replace('a', 'b' * 10 ** 5)\n"}, Case{"LongList", "[0] * 10 ** 12\n"},
        Case{"ListThatDoubles", "x = [0]\nwhile True: x.extend(x)\n"},
        Case{"NestedTuples", "x = ()\nwhile True: x = (x, x)\n"},
        Case{"LoopOverRange", "for i in range(10 ** 15): pass\n"}, Case{"ListOfRange", "list(range(10 ** 15))\n"},
        Case{"SumOfRange", "sum(range(10 ** 15))\n"}, Case{"AnyOfRange", "any(x < 0 for x in range(10 ** 15))\n"},
        Case{"CountForEver", "import itertools\nmax(itertools.count())\n"},
        Case{"ChainOfNothing", "import itertools\nlist(itertools.chain.from_iterable(itertools.repeat([])))\n"},
        Case{"Product", "import itertools\nitertools.product(range(1000), repeat=5)\n"},
        Case{"NestedMaps", "x = iter([1])\nfor i in range(5000): x = map(abs, x)\nlist(x)\n"},
        Case{"DeepEquality", "x, y = [], []\nfor i in range(5000): x, y = [x], [y]\nx == y\n"},
        Case{"DeepHash", "x = ()\nfor i in range(5000): x = (x,)\n{x: 1}\n"},
        Case{"DeepCopy", "import copy\nx = []\nfor i in range(5000): x = [x]\ncopy.deepcopy(x)\n"},
        Case{"RecursiveData",
             "import dataclasses\nx = []\nx.append(x)\n@dataclasses.dataclass\nclass A:\n  a: object\n"
             "dataclasses.asdict(A(x))\n"},
        Case{"DeepBrackets", std::string(10'000, '(') + std::string(10'000, ')') + "\n"},
        Case{"LongLine", std::string(size_t{100} << 20, ' ') + "x\n"}),
    [](const auto& info) { return info.param.name; });

TEST(LimitsEndTest, DeepValuesEndWithoutRecursion) {
  EXPECT_EQ(Outcome("x = []\nfor i in range(40000): x = [x]\nx = None\n"), "done");
  EXPECT_EQ(Outcome("x = int\nfor i in range(40000): x = (x,)\nisinstance(1, x)\n"), "done");
}

TEST(ContainmentTest, MethodsOfCppAreOfTheirOwnObjectsOnly) {
  for (const char* source :
       {"list.append(5, 1)\n", "dict.get([], 1)\n", "str.upper(5)\n", "type({}.keys())()\n",
        "type({}.keys()).__len__(5)\n", "import dataclasses\ndataclasses.Field()\n",
        "import functools\ngetattr(functools, ' key')()\n", "range.start.fget(5)\n",
        "from typing import NamedTuple\nclass X: pass\nclass A(X, NamedTuple):\n  a: int\nA(1)._replace(a=2)\n"}) {
    EXPECT_THAT(Outcome(source), AnyOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("UNIMPLEMENTED"))) << source;
  }
}

TEST(ContainmentTest, WhatReachesOutIsRefused) {
  for (const char* source : {"eval('1')\n",
                             "exec('x = 1')\n",
                             "open('/etc/passwd')\n",
                             "__import__('os')\n",
                             "compile('1', '', 'eval')\n",
                             "import os\nos.system('true')\n",
                             "from subprocess import run\nrun('true')\n",
                             "import sys\nsys.modules['os']\n",
                             "().__class__.__base__\n",
                             "().__class__.__mro__\n",
                             "type(1).__subclasses__()\n",
                             "(lambda: 0).__globals__\n",
                             "(lambda: 0).__code__\n",
                             "'{0.__class__}'.format(1)\n",
                             "getattr(int, '__base' + '__')\n",
                             "globals()\n",
                             "vars()\n",
                             "input()\n",
                             "breakpoint()\n",
                             "import socket\nsocket.socket()\n",
                             "import pickle\npickle.loads\n",
                             "import ctypes\nctypes.CDLL\n",
                             "import importlib\nimportlib.import_module('os')\n",
                             "class A:\n  def __del__(self): pass\n",
                             "class M(type): pass\n"}) {
    EXPECT_THAT(Outcome(source), HasSubstr("UNIMPLEMENTED")) << source;
  }
}

}  // namespace
}  // namespace loadstone::python
