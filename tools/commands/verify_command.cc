#include "tools/commands/verify_command.h"

#include <complex>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"
#include "engine/named.h"
#include "engine/python_format.h"
#include "tools/commands/model_flags.h"
#include "tools/tensor_io/compare.h"
#include "tools/tensor_io/format_value.h"
#include "tools/tensor_io/named_tensors.h"
#include "tools/tensor_io/value_file.h"

namespace loadstone {
namespace {

struct VerifyFlags {
  ModelFlags model;
  std::vector<std::string> inputs;
  std::string expected;
  // numpy's 1e-5 and 1e-8 are for the same machine; another CPU's convolutions differ more.
  Tolerance tolerance{.relative = 1e-4, .absolute = 1e-5};
};

std::string FormatNumber(const std::complex<double>& number) {
  if (number.imag() == 0) return PythonFloat(number.real());
  return absl::StrFormat("(%s, %s)", PythonFloat(number.real()), PythonFloat(number.imag()));
}

std::string FormatComparison(const Comparison& comparison, Tolerance tolerance) {
  std::string text = absl::StrFormat("  largest difference: absolute %.3g, relative %.3g\n", comparison.max_absolute,
                                     comparison.max_relative);
  if (comparison.elements > 0 && comparison.max_absolute != 0) {
    absl::StrAppend(&text, "  worst at ", ShapeText(comparison.worst_index), ": ",
                    FormatNumber(comparison.worst_actual), ", expected ", FormatNumber(comparison.worst_expected),
                    "\n");
  }
  absl::StrAppendFormat(&text, "  mismatches: %d of %d (rtol %g, atol %g)\n", comparison.mismatches,
                        comparison.elements, tolerance.relative, tolerance.absolute);
  return text;
}

std::vector<std::string> Names(const NamedList<at::Tensor>& tensors) {
  std::vector<std::string> names;
  for (const Named<at::Tensor>& tensor : tensors) names.push_back(tensor.name);
  return names;
}

absl::Status CompareAll(const NamedList<at::Tensor>& outputs, const NamedList<at::Tensor>& expected,
                        Tolerance tolerance, std::string& text) {
  absl::Status status;
  for (const Named<at::Tensor>& wanted : expected) {
    const at::Tensor* output = FindNamed(outputs, wanted.name);
    if (output == nullptr) {
      status.Update(absl::InvalidArgumentError(
          absl::StrCat("the model gives no ", wanted.name, DidYouMean(wanted.name, Names(outputs)))));
      continue;
    }
    absl::StrAppend(
        &text, wanted.name, ": ", DescribeTensor(*output),
        output->scalar_type() == wanted.value.scalar_type() ? "" : absl::StrCat(", expected ", DtypeName(wanted.value)),
        "\n");
    const absl::StatusOr<Comparison> comparison = Compare(*output, wanted.value, tolerance);
    if (!comparison.ok()) {
      status.Update(Annotate(comparison.status(), wanted.name));
      continue;
    }
    text += FormatComparison(*comparison, tolerance);
    if (comparison->mismatches > 0) {
      status.Update(absl::OutOfRangeError(absl::StrCat(wanted.name, ": ", comparison->mismatches, " of ",
                                                       comparison->elements, " elements are not as expected")));
    }
  }
  for (const Named<at::Tensor>& output : outputs) {
    if (FindNamed(expected, output.name) == nullptr) {
      status.Update(
          absl::InvalidArgumentError(absl::StrCat("the model also gives ", output.name, ", which is not expected")));
    }
  }
  return status;
}

absl::Status Verify(const VerifyFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(const Inputs inputs, ReadInputFiles(flags.inputs));
  ASSIGN_OR_RETURN(const c10::IValue expected_value, ReadValueFile(flags.expected));
  absl::StatusOr<NamedList<at::Tensor>> expected = NamedTensors("output", expected_value);
  if (!expected.ok()) return Annotate(expected.status(), flags.expected);
  if (expected->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(flags.expected, ": holds no tensor to compare with"));
  }
  ASSIGN_OR_RETURN(const ServableHandle model, AcquireModel(flags.model, context));
  ASSIGN_OR_RETURN(const c10::IValue output_value, model->Run(inputs));
  ASSIGN_OR_RETURN(const NamedList<at::Tensor> outputs, NamedTensors("output", output_value));
  const absl::Status status = CompareAll(outputs, *expected, flags.tolerance, context.output);
  absl::StrAppend(&context.output, status.ok() ? "as expected\n" : "not as expected\n");
  return status;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command = app.add_subcommand("verify", "run a model and compare its output with a recorded one");
  AddModelFlags(*command, flags->model);
  AddInputFlag(*command, flags->inputs);
  CLI::Option* expected =
      command->add_option("--expect", flags->expected, "the recorded output, .npy or .pt")->type_name("F");
  command->add_option("--rtol", flags->tolerance.relative, "an element may differ by atol + rtol × |expected|")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--atol", flags->tolerance.absolute, "NaN equals NaN, as in numpy.allclose(equal_nan=True)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->callback([command, expected, flags, &chosen] {
    CheckModelFlags(*command, flags->model);
    if (expected->count() == 0) throw CLI::RequiredError("--expect");
    chosen = [flags](CommandContext& context) { return Verify(*flags, context); };
  });
}

}  // namespace loadstone
