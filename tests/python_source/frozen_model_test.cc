// A loaded model does not change: what one call writes is gone in the next, wherever it was written. Where a write
// cannot be kept to its call it is refused.
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/ones.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/python_source/source_model.h"

namespace loadstone::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// In the constructor, at the top level, and in forward, where `n` becomes what Python's first call gives: 1.
struct Write {
  std::string name;
  std::string constructor;
  std::string top;
  std::string forward;
};

std::vector<Write> Writes() {
  return {
      {"Attribute", "self.n = 0", "", "self.n += 1; n = self.n"},
      {"List", "self.list = []", "", "self.list.append(7); n = len(self.list)"},
      {"ListInDict", "self.d = {'a': [[]]}", "", "self.d['a'][0].append(7); n = len(self.d['a'][0])"},
      {"Dict", "self.d = {}", "", "self.d[len(self.d)] = 1; n = len(self.d)"},
      {"Set", "self.s = set()", "", "self.s.add(len(self.s)); n = len(self.s)"},
      {"NewAttribute", "pass", "", "self.n = getattr(self, 'n', 0) + 1; n = self.n"},
      {"AttributeOfChild", "self.fc.n = 0", "", "self.fc.n += 1; n = self.fc.n"},
      {"PlainObject", "self.o = Plain()", "class Plain:\n    n = 0\n", "self.o.n += 1; n = self.o.n"},
      {"Buffer", "self.register_buffer('b', torch.zeros(1), persistent=False)", "", "self.b += 1; n = int(self.b)"},
      {"BufferInPlace", "self.register_buffer('b', torch.zeros(1), persistent=False)", "",
       "self.b.add_(1); n = int(self.b)"},
      {"BufferItem", "self.register_buffer('b', torch.zeros(3), persistent=False)", "",
       "self.b[0] += 1; n = int(self.b[0])"},
      {"BufferView", "self.register_buffer('b', torch.zeros(3), persistent=False)", "",
       "v = self.b[1:]; v += 1; n = int(self.b[1])"},
      {"BufferData", "self.register_buffer('b', torch.zeros(3), persistent=False)", "",
       "self.b.data.add_(1); n = int(self.b[1])"},
      {"TensorAttribute", "self.t = torch.zeros(2)", "", "self.t += 1; n = int(self.t[0])"},
      {"TensorInList", "self.t = [torch.zeros(2)]", "", "self.t[0].add_(1); n = int(self.t[0][0])"},
      {"CopyInto", "self.t = torch.zeros(2)", "", "self.t.copy_(self.t + 1); n = int(self.t[0])"},
      {"Weight", "pass", "", "self.fc.bias.data.add_(1); n = int(self.fc.bias[0]); self.fc.bias.data.sub_(1)"},
      {"WeightKept", "pass", "", "self.fc.bias.data.add_(1); n = int(self.fc.bias[0])"},
      {"OutArgument", "self.t = torch.zeros(2)", "", "torch.add(self.t, 1, out=self.t); n = int(self.t[0])"},
      {"ReluInPlace", "self.t = torch.full((2,), -1.0)", "", "n = 2 + int(self.t[0]); F.relu(self.t, inplace=True)"},
      {"ClassAttribute", "pass", "class Counter:\n    n = 0\n", "Counter.n += 1; n = Counter.n"},
      {"OwnClassAttribute", "type(self).n = 0", "", "type(self).n += 1; n = type(self).n"},
      {"ModuleDict", "pass", "CACHE = {}\n", "CACHE[len(CACHE)] = 1; n = len(CACHE)"},
      {"ModuleList", "pass", "SEEN = []\n", "SEEN.append(1); n = len(SEEN)"},
      {"GlobalName", "pass", "count = 0\n", "global count; count += 1; n = count"},
      {"DefaultArgument", "pass", "def seen(x, list=[]):\n    list.append(x)\n    return len(list)\n", "n = seen(1)"},
      {"FunctionAttribute", "pass", "def f(): pass\nf.n = 0\n", "f.n += 1; n = f.n"},
      {"Closure", "self.f = counter()",
       "def counter():\n    n = 0\n    def f():\n        nonlocal n\n"
       "        n += 1\n        return n\n    return f\n",
       "n = self.f()"},
      {"Generator", "self.g = (i for i in range(1, 9))", "", "n = next(self.g)"},
      {"Iterator", "self.g = iter([1, 2, 3])", "", "n = next(self.g)"},
      {"MemoizedFunction", "pass",
       "import functools\nL = []\n@functools.lru_cache(None)\ndef f(x):\n    L.append(x)\n"
       "    return len(L)\n",
       "n = f(1)"},
  };
}

class FrozenModelTest : public ::testing::TestWithParam<Write> {
 protected:
  static std::string Source(const Write& write) {
    return absl::StrCat("import torch\nimport torch.nn.functional as F\nfrom torch import nn\n", write.top,
                        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                        "        self.fc = nn.Linear(2, 2)\n        ",
                        write.constructor, "\n    def forward(self, x):\n        ", write.forward,
                        "\n        return x * n\n");
  }
  static void ExpectRefused(const absl::Status& status) {
    // An operator's `out` is no argument that it has here.
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("model.py:"), AnyOf(HasSubstr("unsupported: "), HasSubstr("out=Tensor"))));
  }
  SourceModel model_;
};

TEST_P(FrozenModelTest, WriteIsGoneInTheNextCallOrRefused) {
  const absl::StatusOr<ServableHandle> model = model_.Load(Source(GetParam()));
  if (!model.ok()) return ExpectRefused(model.status());
  for (int call = 0; call < 3; ++call) {
    const absl::StatusOr<c10::IValue> result = (*model)->Run({at::ones({2, 2})});
    if (!result.ok()) {
      EXPECT_EQ(call, 0);
      return ExpectRefused(result.status());
    }
    EXPECT_EQ(result->toTensor()[0][0].item<float>(), 1) << "in call " << call;
  }
}

INSTANTIATE_TEST_SUITE_P(Writes, FrozenModelTest, ::testing::ValuesIn(Writes()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace loadstone::testing
