#include "custom_ops/python_source/torch_api/overload.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/strip.h"
#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {
namespace {

using Type = Parameter::Type;

// The other names that Python's argument parser knows.
absl::string_view SchemaName(absl::string_view keyword) {
  if (keyword == "axis") return "dim";
  if (keyword == "keepdims") return "keepdim";
  if (keyword == "x1") return "input";
  if (keyword == "x2") return "other";
  return keyword;
}

bool TakesNumbersAsTensors(absl::string_view name) {
  constexpr absl::string_view kNames[] = {"add",      "sub",         "mul",          "div",   "divide", "multiply",
                                          "subtract", "true_divide", "floor_divide", "copy_"};
  absl::ConsumePrefix(&name, "aten::");
  if (name != "copy_") absl::ConsumeSuffix(&name, "_");
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

std::optional<Overload> Overload::Make(const c10::OperatorHandle& handle) {
  Overload overload(handle);
  bool dtype = false;
  bool device = false;
  const bool numbers = TakesNumbersAsTensors(handle.schema().name());
  for (const c10::Argument& argument : handle.schema().arguments()) {
    Parameter parameter = DescribeArgument(argument);
    parameter.takes_numbers = numbers;
    const bool writes = argument.alias_info() != nullptr && argument.alias_info()->isWrite();
    if (writes && parameter.keyword_only) return std::nullopt;  // out=
    if (parameter.type == Type::kOther && !parameter.optional) return std::nullopt;
    // Names of dimensions have the type of text.
    if (parameter.type == Type::kText && (parameter.list || parameter.name == "names" || parameter.name == "dim")) {
      return std::nullopt;
    }
    overload.writes_ |= writes;
    dtype |= parameter.keyword_only && parameter.type == Type::kDtype;
    device |= parameter.keyword_only && parameter.type == Type::kDevice;
    if (!parameter.keyword_only) ++overload.positional_;
    overload.parameters_.push_back(std::move(parameter));
  }
  overload.makes_tensors_ = dtype && device;
  return overload;
}

bool Overload::GoesBefore(const Overload& other) const {
  const auto rank = [](const Parameter& parameter) {
    if (parameter.type == Type::kTensor) return parameter.list ? 1 : 0;
    if (parameter.list) return 4;
    return parameter.type == Type::kScalar ? 3 : 2;
  };
  for (size_t i = 0; i < parameters_.size() && i < other.parameters_.size(); ++i) {
    const int mine = rank(parameters_[i]);
    const int theirs = rank(other.parameters_[i]);
    if (mine != theirs) return mine < theirs;
  }
  return parameters_.size() < other.parameters_.size();
}

int Overload::FindParameter(absl::string_view keyword, bool method) const {
  const absl::string_view name = SchemaName(keyword);
  for (size_t i = method ? 1 : 0; i < parameters_.size(); ++i) {
    // Python's functions call it input; that name may also be another parameter's.
    const bool first = i == 0 && parameters_[i].name == "self";
    if (first ? name == "input" : parameters_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

Fit Overload::Bind(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords,
                   bool method, torch::jit::Stack& stack) const {
  const size_t given = args.size() - keywords.size();
  const size_t from = stack.size();
  stack.reserve(from + parameters_.size());
  const auto give_up = [&](Fit fit) {
    stack.resize(from);
    return fit;
  };
  // x.view(2, 3): the only parameter by position is a list of ints, and takes them all.
  const size_t own = method ? 1 : 0;
  const size_t positional = positional_;
  const bool spread = positional == own + 1 && given >= positional && parameters_[own].list &&
                      parameters_[own].type == Type::kInt && (args[own].is_int() || TensorOf(args[own]) != nullptr);
  if (given > positional && !spread) return Fit::kNo;
  std::vector<const Value*> by_keyword;
  if (!keywords.empty()) {
    by_keyword.resize(parameters_.size());
    for (size_t i = 0; i < keywords.size(); ++i) {
      const int at = FindParameter(keywords[i]->text(), method);
      if (at < 0) {
        if (makes_tensors_ && keywords[i]->text() == "requires_grad") continue;  // changes no result
        return Fit::kNo;
      }
      if (static_cast<size_t>(at) < std::min(given, positional) || by_keyword[at] != nullptr) return Fit::kNo;
      by_keyword[at] = &args[given + i];
    }
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    c10::IValue converted;
    Fit fit = Fit::kYes;
    if (spread && i == own) {
      fit = ConvertList(evaluator, parameter, args.subspan(own, given - own), converted);
    } else if (i < given && i < positional) {
      fit = ConvertArgument(evaluator, parameter, args[i], converted);
    } else if (!by_keyword.empty() && by_keyword[i] != nullptr) {
      fit = ConvertArgument(evaluator, parameter, *by_keyword[i], converted);
    } else if (parameter.fallback.has_value()) {
      converted = *parameter.fallback;
    } else {
      return give_up(Fit::kNo);
    }
    if (fit != Fit::kYes) return give_up(fit);
    stack.push_back(std::move(converted));
  }
  return Fit::kYes;
}

}  // namespace loadstone::python
