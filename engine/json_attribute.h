// JSON text to plain values: constructor arguments as model.json and the command line give them.
#ifndef LOADSTONE_ENGINE_JSON_ATTRIBUTE_H_
#define LOADSTONE_ENGINE_JSON_ATTRIBUTE_H_

#include <nlohmann/json_fwd.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/signature.h"

namespace loadstone {

// Objects become dicts, arrays lists, whole numbers ints (those too large for 64 bits are floats, as the parser has
// them). InvalidArgument: a whole number of 64 bits beyond int64, or more than 100 levels of arrays and objects.
absl::StatusOr<Attribute> AttributeFromJson(const nlohmann::ordered_json& json);
// The same with names in alphabetical order: for files of strangers, since an ordered object finds each of its names by
// looking at all of them.
absl::StatusOr<Attribute> AttributeFromJson(const nlohmann::json& json);
// An array is positional arguments, an object keyword arguments. InvalidArgument: anything else.
absl::StatusOr<Arguments> ArgumentsFromJson(const nlohmann::ordered_json& json);
// The same from text. InvalidArgument also: not JSON (says where).
absl::StatusOr<Arguments> ArgumentsFromJsonText(absl::string_view text);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_JSON_ATTRIBUTE_H_
