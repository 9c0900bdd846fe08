// Python source: parsed, compiled and run with little of everything.
#include "custom_ops/python_source/builtins/builtins.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/lazy_module.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;
namespace python = loadstone::python;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto file = python::SourceFile::Parse("fuzzed.py", std::string(fuzz::Bytes(data, size)));
  if (!file.ok()) return 0;
  python::World world;
  python::InstallBuiltins(world);
  python::Evaluator evaluator(world, {.steps = 20'000, .depth = 50, .bytes = 32 << 20, .items = 1 << 20});
  const python::Value module(world.heap().New<python::LazyModule>("fuzzed", python::FoundSource{*file, false}));
  // All names that it binds, then f() as the seeds have it.
  for (const std::string& name : static_cast<python::LazyModule*>(module.object())->Names()) {
    const python::Value found = evaluator.GetAttribute(module, evaluator.Intern(name));
    python::Value result = found && name == "f" ? evaluator.Call(found, {}) : found;
    if (result) result = evaluator.Repr(result);
    if (result) continue;
    // Empty is an error, and an error is Empty.
    if (!evaluator.failed()) __builtin_trap();
    const absl::Status status = evaluator.TakeError();
    if (status.ok() || evaluator.failed()) __builtin_trap();
  }
  return 0;
}
