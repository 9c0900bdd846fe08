#include "engine/signature.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

struct Parameter {
  enum class Kind { kOrdinary, kKeywordOnly, kPositionalRest, kKeywordRest };
  Kind kind = Kind::kOrdinary;
  absl::string_view name;
  std::optional<Attribute> fallback;
};

// Splits at commas outside parentheses and quotes.
std::vector<absl::string_view> SplitAtCommas(absl::string_view text) {
  std::vector<absl::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0 && !quoted)) {
      const absl::string_view part = absl::StripAsciiWhitespace(text.substr(begin, i - begin));
      if (!part.empty()) parts.push_back(part);
      begin = i + 1;
    } else if (text[i] == '\'') {
      quoted = !quoted;
    } else if (!quoted && text[i] == '(') {
      ++depth;
    } else if (!quoted && text[i] == ')') {
      --depth;
    }
  }
  return parts;
}

Attribute ParseLiteral(absl::string_view text) {
  if (text == "None") return Attribute();
  if (text == "True") return Attribute(true);
  if (text == "False") return Attribute(false);
  if (text.front() == '\'') return Attribute(std::string(text.substr(1, text.size() - 2)));
  if (text.front() == '(') {
    std::vector<Attribute> items;
    for (const absl::string_view item : SplitAtCommas(text.substr(1, text.size() - 2))) {
      items.push_back(ParseLiteral(item));
    }
    return Attribute::Tuple(std::move(items));
  }
  int64_t whole;
  if (absl::SimpleAtoi(text, &whole)) return Attribute(whole);
  double real;
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
                            ParseLiteral(absl::StripAsciiWhitespace(part.substr(equals + 1)))});
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
  size_t rest_at = parameters.size();
  for (const Named<Attribute>& keyword : keywords) {
    size_t i = 0;
    while (i < parameters.size() && (parameters[i].name != keyword.name || parameters[i].kind > Parameter::Kind::kKeywordOnly)) ++i;
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
      for (const Parameter& parameter : parameters) names.emplace_back(parameter.name);
      return absl::InvalidArgumentError(absl::StrCat(callee, "() got an unexpected keyword argument '", keyword.name,
                                                     "'", DidYouMean(keyword.name, names)));
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
    const bool must_be_given = !parameter.fallback.has_value() && parameter.kind <= Parameter::Kind::kKeywordOnly;
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
