// What hostile source tries: to reach files, processes, the network or Python's insides. None may.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/DefaultDtype.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_models.h"
#include "tests/python_source/source_model.h"
#include "tools/inspect/inspect_file.h"
#include "tools/inspect/report_text.h"

namespace loadstone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Each is one or more lines of a forward. CANARY is a file that must not come to be, SECRET one that is there and must
// not be read: what a line finds it puts in `found`.
const std::vector<std::string>& Attacks() {
  static const auto* const attacks = new std::vector<std::string>{
      // Processes.
      "import os; found = os.system('touch CANARY')",
      "import os; found = os.popen('cat SECRET').read()",
      "from os import system; found = system('touch CANARY')",
      "import subprocess; found = subprocess.run(['touch', 'CANARY'])",
      "from subprocess import check_output as run; found = run(['cat', 'SECRET'])",
      "import os; found = os.execv('/bin/touch', ['touch', 'CANARY'])",
      "import os; found = os.fork()",
      "import pty; found = pty.spawn('/bin/sh')",
      "import multiprocessing; found = multiprocessing.Process(target=print)",
      "import ctypes; found = ctypes.CDLL(None).system(b'touch CANARY')",
      "import cffi; found = cffi.FFI()",
      "import signal; found = signal.raise_signal(9)",
      "import sys; found = sys.exit(1)",
      "found = exit()",
      "found = quit()",
      "raise SystemExit(3)",
      // Files.
      "found = open('SECRET').read()",
      "found = open('CANARY', 'w')",
      "import io; found = io.open('SECRET').read()",
      "import io; found = io.FileIO('CANARY', 'w')",
      "import os; found = os.open('SECRET', 0)",
      "import os; found = os.listdir('/')",
      "import os; found = os.mkdir('CANARY')",
      "import os; found = os.environ['PATH']",
      "import os; found = os.path.exists('SECRET')",
      "from pathlib import Path; found = Path('CANARY').touch()",
      "import pathlib; found = pathlib.Path('SECRET').read_text()",
      "import shutil; found = shutil.copy('SECRET', 'CANARY')",
      "import tempfile; found = tempfile.mkdtemp()",
      "import glob; found = glob.glob('/*')",
      "import linecache; found = linecache.getlines('SECRET')",
      "import fileinput; found = list(fileinput.input('SECRET'))",
      "import logging; found = logging.FileHandler('CANARY')",
      "import sqlite3; found = sqlite3.connect('CANARY')",
      "import numpy as np; found = np.fromfile('SECRET', dtype='uint8')",
      "import numpy; found = numpy.save('CANARY', 1)",
      "found = x.numpy().tofile('CANARY')",
      "import json; found = json.load(open('SECRET'))",
      "import importlib.resources as r; found = r.read_text('os', 'SECRET')",
      // The network and the clock.
      "import socket; found = socket.socket()",
      "import urllib.request; found = urllib.request.urlopen('file://SECRET').read()",
      "import requests; found = requests.get('http://127.0.0.1')",
      "import time; found = time.sleep(1000)",
      "import time; found = time.time()",
      "import datetime; found = datetime.datetime.now()",
      "import threading; found = threading.Thread(target=print).start()",
      "import random; found = random.SystemRandom().random()",
      // More code.
      "found = eval('1 + 1')",
      "found = exec('y = 1')",
      "found = compile('1', 'f', 'eval')",
      "found = __import__('os')",
      "found = __builtins__",
      "found = globals()['__builtins__']",
      "import builtins; found = builtins.open('SECRET')",
      "import builtins; found = builtins.eval('1')",
      "import importlib; found = importlib.import_module('os')",
      "import pickle; found = pickle.loads(b'cos\\nsystem\\n.')",
      "import marshal; found = marshal.loads(b'')",
      "import runpy; found = runpy.run_path('model.py')",
      "import code; found = code.InteractiveInterpreter()",
      "import types; found = types.CodeType",
      "import types; found = types.FunctionType(lambda: 1, {})",
      "import inspect; found = inspect.currentframe()",
      "import gc; found = gc.get_objects()",
      "import os, sys; found = sys.modules['os'].system('touch CANARY')",
      "import sys; found = sys._getframe(0)",
      "import ast; found = ast.parse('1')",
      "found = breakpoint()",
      "found = input()",
      "found = help()",
      // Python's insides.
      "found = ().__class__.__base__.__subclasses__()",
      "found = (1).__class__.__mro__[-1].__subclasses__()",
      "found = object.__subclasses__()",
      "found = type.__subclasses__(object)",
      "found = type(x).mro()",
      "found = x.__class__.__mro__",
      "found = self.forward.__func__.__globals__",
      "found = self.forward.__code__",
      "found = (lambda: 1).__globals__",
      "found = (lambda: 1).__closure__",
      "found = (lambda: x).__code__.co_consts",
      "found = (i for i in [1]).gi_frame.f_globals",
      "found = getattr((), '__class__').__base__",
      "found = getattr(lambda: 1, '__globals__')",
      "found = getattr(self, '__init__').__globals__",
      "found = vars(torch)['ops']",
      "found = torch.__dict__",
      "found = torch.__loader__",
      "found = torch.__spec__",
      "found = nn.__builtins__",
      "found = self.__reduce_ex__(2)",
      "found = x.__reduce_ex__(2)",
      "found = self.__dict__.__class__.__base__.__subclasses__()",
      "found = '{0.__class__.__base__}'.format(1)",
      "found = '{0.__globals__}'.format(lambda: 1)",
      "found = '{x.forward.__globals__}'.format_map({'x': self})",
      "found = '{0[0].__class__}'.format([self])",
      "found = str.format('{0.__init__.__globals__}', self)",
      "found = f'{(lambda: 1).__globals__}'",
      "try:\n            1 / 0\n        except Exception as e:\n            found = e.__traceback__.tb_frame",
      "class A(type): pass\n        found = A('B', (), {})",
      "found = type('B', (object,), {})().__class__.__subclasses__()",
      "import operator; found = operator.attrgetter('__class__.__base__')(1)",
      "import functools; found = functools.reduce(getattr, ['__class__', '__base__', '__subclasses__'], ())()",
      "found = list(map(getattr, [lambda: 1], ['__globals__']))",
      // LibTorch's doors.
      "found = torch.from_file('SECRET', size=4, dtype=torch.uint8)",
      "found = torch.ops.aten.from_file('SECRET', False, 4)",
      "found = torch.from_file('CANARY', shared=True, size=4)",
      "found = getattr(torch, 'from_' + 'file')('SECRET', size=4)",
      "found = torch.load('SECRET')",
      "found = torch.save(x, 'CANARY')",
      "found = torch.serialization.load('SECRET')",
      "found = torch.jit.load('SECRET')",
      "found = torch.jit.trace(self, x)",
      "found = torch.ops.load_library('SECRET')",
      "found = torch.classes.load_library('SECRET')",
      "found = torch.hub.load('owner/name', 'model')",
      "found = torch.hub.download_url_to_file('http://127.0.0.1', 'CANARY')",
      "found = torch.package.PackageImporter('SECRET')",
      "found = torch.utils.cpp_extension.load_inline('x', '')",
      "found = torch._C._jit_set_profiling_mode(False)",
      "found = torch.distributed.init_process_group('gloo')",
      "found = torch.multiprocessing.spawn(print)",
      "found = torch.profiler.profile()",
      "found = torch.utils.data.DataLoader([1], num_workers=8)",
      "found = torch.frombuffer(b'1234', dtype=torch.uint8)",
      "found = torch.utils.dlpack.to_dlpack(x)",
      "found = x.data_ptr()",
      "found = x.untyped_storage()",
      "found = x.storage().from_file('SECRET')",
      "found = torch.UntypedStorage.from_file('SECRET', False, 4)",
      "found = torch.Tensor.__subclasses__()",
      "found = torch.library.Library('aten', 'DEF')",
      "found = x.share_memory_()",
      "found = torch.nn.Module.load_state_dict.__globals__",
      "found = torch.set_num_threads(64)",
      "found = torch.set_default_dtype(torch.float64)",
      "found = torch.set_default_device('meta')",
      "found = torch.use_deterministic_algorithms(True)",
      "found = torch.set_flush_denormal(True)",
      // Memory that is not the tensor's, and memory without end.
      "found = x.as_strided((1000,), (1,))",
      "found = torch.as_strided(x, (2, 2), (1, 1), 10**6)",
      "found = x.set_(x, 0, (10**6,), (1,))",
      "found = x[:, :1].resize_(10**6)",
      "found = x.view(-1)[10**6]",
      "found = torch.gather(x, 0, torch.tensor([[10**6, 0]]))",
      "found = x.index_select(0, torch.tensor([-7]))",
      "found = F.embedding(torch.tensor([10**9]), x)",
      "found = torch.empty(10**13)",
      "found = torch.zeros(10**7, 10**7)",
      "found = x.repeat(10**7, 10**7)",
      "found = x.expand(10**13, 2, 2).clone()",
      "found = torch.arange(10**14)",
  };
  return *attacks;
}

// Not OK, and what it says.
MATCHER_P(Fails, message, "is an error whose message matches") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << "whose status is " << status.ToString();
  return !status.ok() && ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

class AttacksTest : public ::testing::Test {
 protected:
  AttacksTest() : canary_(elsewhere_.Path("canary")), secret_(elsewhere_.Write("secret", "the secret")) {}

  std::string Aimed(const std::string& attack) const {
    return absl::StrReplaceAll(attack, {{"CANARY", canary_}, {"SECRET", secret_}});
  }
  bool CanaryLives() const { return !std::filesystem::exists(canary_); }

  static absl::Status LoadFile(const std::string& path, const std::string& source) {
    ModelSpec spec;
    spec.name = "model";
    spec.path = path;
    spec.source = source;
    const std::unique_ptr<Engine> engine = EngineWithBuiltins();
    const absl::Status added = engine->AddModel(spec);
    return added.ok() ? engine->Acquire("model").status() : added;
  }

  const TempFolder elsewhere_;
  const std::string canary_;
  const std::string secret_;
  SourceModel model_;
};

TEST_F(AttacksTest, NoneSucceedsInForward) {
  const int threads = at::get_num_threads();
  int succeeded = 0;
  for (const std::string& attack : Attacks()) {
    const absl::StatusOr<c10::IValue> result = model_.Run(NetSource(Aimed(attack)));
    EXPECT_FALSE(result.ok()) << attack;
    EXPECT_TRUE(CanaryLives()) << attack;
    EXPECT_THAT(std::string(result.status().message()), Not(HasSubstr("the secret"))) << attack;
    succeeded += result.ok() || !CanaryLives();
  }
  EXPECT_EQ(at::get_num_threads(), threads);
  EXPECT_EQ(c10::get_default_dtype_as_scalartype(), c10::ScalarType::Float);
  EXPECT_FALSE(at::globalContext().deterministicAlgorithms());
  std::cout << Attacks().size() << " attacks tried, " << succeeded << " succeeded" << std::endl;
}

TEST_F(AttacksTest, NoneSucceedsWhenTheModuleIsImported) {
  int succeeded = 0;
  for (const std::string& attack : Attacks()) {
    if (attack.find("self") != std::string::npos || attack.find("found = x") == 0) continue;
    // At the top level, where Python runs it on import, and asked for by the class.
    std::string top = absl::StrReplaceAll(Aimed(attack), {{"\n        ", "\n"}});
    const std::string source = absl::StrCat("import torch\nfrom torch import nn\nimport torch.nn.functional as F\n",
                                            "x = torch.ones(2, 2)\n", top, "\n", NetSource("x = x + len(str(found))"));
    const bool ok = model_.Run(source).ok();
    EXPECT_FALSE(ok) << attack;
    EXPECT_TRUE(CanaryLives()) << attack;
    succeeded += ok || !CanaryLives();
  }
  EXPECT_EQ(succeeded, 0);
}

// Compilers give their argument back and read nothing; of torch._C there is nothing but what this program has itself.
TEST_F(AttacksTest, CompilersAreTheIdentity) {
  EXPECT_OK(model_.Run(NetSource("assert torch.jit.script(self) is self and torch.compile(self) is self")));
}

TEST_F(AttacksTest, TorchCHasNothing) {
  EXPECT_OK(model_.Run(NetSource("found = torch._C")));
  for (const char* name : {"_jit_set_profiling_mode", "PyTorchFileReader", "_set_default_dtype", "Graph", "__dict__",
                           "__loader__", "_import_ir_module"}) {
    EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("found = torch._C.", name))).ok()) << name;
    EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("found = getattr(torch._C, '", name, "')"))).ok()) << name;
  }
}

// Imports alone are common at the top of honest files, and do nothing.
TEST_F(AttacksTest, UnusedImportsAreHarmless) {
  EXPECT_OK(model_.Run(absl::StrCat("import os, sys, subprocess\nfrom pathlib import Path\n", NetSource("pass"))));
}

TEST_F(AttacksTest, ArgumentsOfTheConstructorAreNoSource) {
  EXPECT_FALSE(model_.Load(NetSource("pass"), "os.system").ok());
  EXPECT_FALSE(model_.Load(NetSource("pass"), "model.torch.load").ok());
  EXPECT_FALSE(model_.Load(NetSource("pass"), "builtins.eval").ok());
  EXPECT_FALSE(model_.Load(NetSource("pass"), "model.Net().forward").ok());
  EXPECT_FALSE(model_.Load(NetSource("pass"), "../model.Net").ok());
}

TEST_F(AttacksTest, DeepNestingEndsInAnError) {
  for (const char* pair : {"()", "[]", "{}"}) {
    const std::string open(10'000, pair[0]);
    const std::string close(10'000, pair[1]);
    EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("y = ", open, close))).ok()) << pair;
    EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("y = ", open))).ok()) << pair;
  }
  std::string minus(100'000, '-');
  EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("y = ", minus, "1"))).ok());
  std::string sum = "y = 1";
  for (int i = 0; i < 100'000; ++i) sum += "+1";
  (void)model_.Run(NetSource(sum)).ok();  // Python runs it; here an error is right too
  std::string blocks;
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&blocks, std::string(i, ' '), "if 1:\n");
  EXPECT_FALSE(model_.Run(blocks).ok());
  std::string nested = "y = 1";
  for (int i = 0; i < 3'000; ++i) nested = i == 0 ? "lambda: 1" : absl::StrCat("lambda: ", nested);
  EXPECT_FALSE(model_.Run(NetSource(absl::StrCat("y = ", nested))).ok());
}

TEST_F(AttacksTest, HugeFileIsRefused) {
  const std::string line(100 << 20, 'a');
  EXPECT_THAT(model_.Run(absl::StrCat("x = '", line, "'\n", NetSource("pass"))),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("model.py")));
}

TEST_F(AttacksTest, LinkOutOfTheFolderIsRefused) {
  elsewhere_.Write("outside.py", "found = 1\n");
  std::filesystem::create_symlink(elsewhere_.Path("outside.py"), model_.folder().Path("inside.py"));
  EXPECT_FALSE(model_.Run(absl::StrCat("from inside import found\n", NetSource("x = x + found"))).ok());
}

// A whole module with its class's source in the same archive, as torch.package has it: make_models.py.
TEST_F(AttacksTest, SourceInsideTheFileIsNeverRead) {
  const char* const path = std::getenv("PACKED");
  ASSERT_NE(path, nullptr);
  EXPECT_THAT(LoadFile(path, ""), Fails(HasSubstr("vae.VAE")));
  EXPECT_THAT(LoadFile(path, model_.folder().path()), Fails(HasSubstr("vae.VAE")));
}

// Files from before PyTorch 1.6 hold the source of their classes as text.
TEST_F(AttacksTest, SourceInsideAnOldFileIsShownAndNeverRead) {
  const char* const path = std::getenv("EMBEDDED");
  ASSERT_NE(path, nullptr);
  ASSERT_OK_AND_ASSIGN(const FileReport report, InspectFile(path, *BuiltinRegistry()));
  const std::string text = ReportText(report);
  EXPECT_THAT(text, HasSubstr("source of vae.VAE, from "));
  EXPECT_THAT(text, HasSubstr("vae.py, in the file as text: never run\n  | class VAE(nn.Module):\n"));
  EXPECT_THAT(text, HasSubstr("  |     mu, logvar = self.encode(x.view(x.shape[0], -1))\n"));
  EXPECT_THAT(text, Not(HasSubstr("source of torch.nn")));
  EXPECT_THAT(LoadFile(path, ""), Fails(HasSubstr("vae.VAE")));
}

}  // namespace
}  // namespace loadstone::testing
