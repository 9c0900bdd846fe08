#include "engine/json_attribute.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone {

namespace {

constexpr int kMaxDepth = 100;  // of arrays and objects

template <typename Json>
absl::StatusOr<Attribute> AttributeAtDepth(const Json& json, int depth) {
  if (depth > kMaxDepth) {
    return absl::InvalidArgumentError(absl::StrCat("JSON nests deeper than ", kMaxDepth, " levels"));
  }
  switch (json.type()) {
    case Json::value_t::null:
      return Attribute();
    case Json::value_t::boolean:
      return Attribute(json.template get<bool>());
    case Json::value_t::number_integer:
      return Attribute(json.template get<int64_t>());
    case Json::value_t::number_unsigned:
      if (json.template get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return absl::InvalidArgumentError(absl::StrCat(json.dump(), " does not fit a 64-bit signed integer"));
      }
      return Attribute(json.template get<int64_t>());
    case Json::value_t::number_float:
      return Attribute(json.template get<double>());
    case Json::value_t::string:
      return Attribute(json.template get<std::string>());
    case Json::value_t::array: {
      std::vector<Attribute> items;
      for (const Json& item : json) {
        ASSIGN_OR_RETURN(Attribute value, AttributeAtDepth(item, depth + 1));
        items.push_back(std::move(value));
      }
      return Attribute::List(std::move(items));
    }
    case Json::value_t::object: {
      Attribute::Dict dict;
      for (const auto& [key, item] : json.items()) {
        ASSIGN_OR_RETURN(Attribute value, AttributeAtDepth(item, depth + 1));
        dict.entries.emplace_back(Attribute(key), std::move(value));
      }
      return Attribute(std::move(dict));
    }
    default:
      return absl::InvalidArgumentError("a JSON value of unknown type");
  }
}

}  // namespace

absl::StatusOr<Attribute> AttributeFromJson(const nlohmann::ordered_json& json) { return AttributeAtDepth(json, 0); }
absl::StatusOr<Attribute> AttributeFromJson(const nlohmann::json& json) { return AttributeAtDepth(json, 0); }

absl::StatusOr<Arguments> ArgumentsFromJson(const nlohmann::ordered_json& json) {
  Arguments arguments;
  if (json.is_array()) {
    for (const nlohmann::ordered_json& item : json) {
      ASSIGN_OR_RETURN(Attribute value, AttributeFromJson(item));
      arguments.positional.push_back(std::move(value));
    }
    return arguments;
  }
  if (json.is_object()) {
    for (const auto& [name, item] : json.items()) {
      ASSIGN_OR_RETURN(Attribute value, AttributeFromJson(item));
      arguments.keyword.push_back({name, std::move(value)});
    }
    return arguments;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("arguments must be a JSON array (positional) or object (keyword), not a ", json.type_name()));
}

absl::StatusOr<Arguments> ArgumentsFromJsonText(absl::string_view text) {
  try {
    return ArgumentsFromJson(nlohmann::ordered_json::parse(text.begin(), text.end()));
  } catch (const nlohmann::ordered_json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
}

}  // namespace loadstone
