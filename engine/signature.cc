#include "engine/signature.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr int kMaxTupleDepth = 100;  // of a default

struct Parameter {
  enum class Kind { kOrdinary, kKeywordOnly, kPositionalRest, kKeywordRest };
  Kind kind = Kind::kOrdinary;
  absl::string_view name;
  std::optional<Attribute> fallback;
};

bool IsRest(const Parameter& parameter) {
  return parameter.kind == Parameter::Kind::kPositionalRest || parameter.kind == Parameter::Kind::kKeywordRest;
}

// Splits at commas outside parentheses and quotes.
std::vector<absl::string_view> SplitAtCommas(absl::string_view text) {
  std::vector<absl::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  char quote = '\0';  // that is open
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0 && quote == '\0')) {
      const absl::string_view part = absl::StripAsciiWhitespace(text.substr(begin, i - begin));
      if (!part.empty()) parts.push_back(part);
      begin = i + 1;
    } else if (quote != '\0') {
      if (text[i] == quote) quote = '\0';
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      --depth;
    }
  }
  return parts;
}

bool IsEnclosed(absl::string_view text, char first, char last) {
  return text.size() >= 2 && text.front() == first && text.back() == last;
}

// What is no literal, or nests too deeply, stays the symbol of that name.
Attribute ParseLiteral(absl::string_view text, int depth) {
  if (text == "None") return Attribute();
  if (text == "True") return Attribute(true);
  if (text == "False") return Attribute(false);
  if (IsEnclosed(text, '\'', '\'') || IsEnclosed(text, '"', '"')) {
    return Attribute(std::string(text.substr(1, text.size() - 2)));
  }
  if (IsEnclosed(text, '(', ')') && depth < kMaxTupleDepth) {
    const absl::string_view inside = absl::StripAsciiWhitespace(text.substr(1, text.size() - 2));
    std::vector<Attribute> items;
    for (const absl::string_view item : SplitAtCommas(inside)) items.push_back(ParseLiteral(item, depth + 1));
    if (items.size() == 1 && !absl::EndsWith(inside, ",")) return items.front();  // parentheses alone
    return Attribute::Tuple(std::move(items));
  }
  int64_t whole;
  if (absl::SimpleAtoi(text, &whole)) return Attribute(whole);
  double real;
  if (absl::StartsWithIgnoreCase(text, "inf") || absl::StartsWithIgnoreCase(text, "nan")) {
    return Attribute(Attribute::Symbol{std::string(text)});  // names in Python, numbers to SimpleAtod
  }
  if (absl::SimpleAtod(text, &real)) return Attribute(real);
  return Attribute(Attribute::Symbol{std::string(text)});
}

std::vector<Parameter> ParseSignature(absl::string_view signature) {
  std::vector<Parameter> parameters;
  Parameter::Kind kind = Parameter::Kind::kOrdinary;
  for (absl::string_view part : SplitAtCommas(signature)) {
    if (part == "*") {
      kind = Parameter::Kind::kKeywordOnly;
    } else if (absl::ConsumePrefix(&part, "**")) {
      parameters.push_back({Parameter::Kind::kKeywordRest, part, std::nullopt});
    } else if (absl::ConsumePrefix(&part, "*")) {
      parameters.push_back({Parameter::Kind::kPositionalRest, part, std::nullopt});
      kind = Parameter::Kind::kKeywordOnly;
    } else if (const size_t equals = part.find('='); equals != absl::string_view::npos) {
      parameters.push_back({kind, absl::StripAsciiWhitespace(part.substr(0, equals)),
                            ParseLiteral(absl::StripAsciiWhitespace(part.substr(equals + 1)), 0)});
    } else {
      parameters.push_back({kind, part, std::nullopt});
    }
  }
  return parameters;
}

absl::Status BindPositional(absl::string_view callee, const std::vector<Parameter>& parameters,
                            const std::vector<Attribute>& positional, std::vector<std::optional<Attribute>>& bound) {
  size_t next = 0;
  for (size_t i = 0; i < parameters.size() && next < positional.size(); ++i) {
    if (parameters[i].kind == Parameter::Kind::kOrdinary) {
      bound[i] = positional[next++];
    } else if (parameters[i].kind == Parameter::Kind::kPositionalRest) {
      bound[i] = Attribute::Tuple({positional.begin() + static_cast<int64_t>(next), positional.end()});
      next = positional.size();
    }
  }
  if (next == positional.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(callee, "() takes at most ", next, " positional arguments, ",
                                                 positional.size(), " were given"));
}

absl::Status BindKeywords(absl::string_view callee, const std::vector<Parameter>& parameters,
                          const NamedList<Attribute>& keywords, std::vector<std::optional<Attribute>>& bound) {
  Attribute::Dict rest;
  absl::flat_hash_set<absl::string_view> rest_names;
  size_t rest_at = parameters.size();
  for (const Named<Attribute>& keyword : keywords) {
    size_t i = 0;
    while (i < parameters.size() && (parameters[i].name != keyword.name || IsRest(parameters[i]))) ++i;
    if (i < parameters.size()) {
      if (bound[i].has_value()) {
        return absl::InvalidArgumentError(
            absl::StrCat(callee, "() got multiple values for argument '", keyword.name, "'"));
      }
      bound[i] = keyword.value;
      continue;
    }
    if (parameters.empty() || parameters.back().kind != Parameter::Kind::kKeywordRest) {
      std::vector<std::string> names;
      for (const Parameter& parameter : parameters) {
        if (!IsRest(parameter)) names.emplace_back(parameter.name);
      }
      return absl::InvalidArgumentError(absl::StrCat(callee, "() got an unexpected keyword argument '", keyword.name,
                                                     "'", DidYouMean(keyword.name, names)));
    }
    if (!rest_names.insert(keyword.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(callee, "() got multiple values for argument '", keyword.name, "'"));
    }
    rest_at = parameters.size() - 1;
    rest.entries.emplace_back(Attribute(keyword.name), keyword.value);
  }
  if (rest_at < parameters.size()) bound[rest_at] = Attribute(std::move(rest));
  return absl::OkStatus();
}

Attribute FallbackOf(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::kPositionalRest) return Attribute::Tuple({});
  if (parameter.kind == Parameter::Kind::kKeywordRest) return Attribute(Attribute::Dict{});
  return *parameter.fallback;
}

}  // namespace

absl::StatusOr<NamedList<Attribute>> BindArguments(absl::string_view callee, absl::string_view signature,
                                                   const Arguments& arguments) {
  const std::vector<Parameter> parameters = ParseSignature(signature);
  std::vector<std::optional<Attribute>> bound(parameters.size());
  RETURN_IF_ERROR(BindPositional(callee, parameters, arguments.positional, bound));
  RETURN_IF_ERROR(BindKeywords(callee, parameters, arguments.keyword, bound));

  NamedList<Attribute> result;
  std::vector<std::string> missing;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    const bool must_be_given = !parameter.fallback.has_value() && !IsRest(parameter);
    if (!bound[i].has_value() && must_be_given) {
      missing.push_back(absl::StrCat("'", parameter.name, "'"));
      continue;
    }
    result.push_back({std::string(parameter.name), bound[i].has_value() ? *std::move(bound[i]) : FallbackOf(parameter)});
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(callee, "() is missing ", missing.size(), " required argument",
                                                   missing.size() == 1 ? "" : "s", ": ", absl::StrJoin(missing, ", "),
                                                   "; its parameters are (", signature, ")"));
  }
  return result;
}

}  // namespace loadstone
