// RETURN_IF_ERROR and ASSIGN_OR_RETURN for functions that return absl::Status or absl::StatusOr.
#ifndef LOADSTONE_ENGINE_BASE_STATUS_MACROS_H_
#define LOADSTONE_ENGINE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadstone {

// The same error with `where` and ": " put before its message; OK stays OK.
inline absl::Status Annotate(const absl::Status& status, absl::string_view where) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

}  // namespace loadstone

#define LOADSTONE_CONCAT_INNER_(a, b) a##b
#define LOADSTONE_CONCAT_(a, b) LOADSTONE_CONCAT_INNER_(a, b)

// RETURN_IF_ERROR(expression): returns the Status of `expression` from this function unless it is OK.
#define RETURN_IF_ERROR(expression)                                \
  do {                                                             \
    if (absl::Status status_macro_value = (expression);            \
        !status_macro_value.ok()) {                                \
      return status_macro_value;                                   \
    }                                                              \
  } while (false)

// ASSIGN_OR_RETURN(auto x, expression): x takes the value, or this function returns the error.
#define ASSIGN_OR_RETURN(lhs, expression) \
  LOADSTONE_ASSIGN_OR_RETURN_(LOADSTONE_CONCAT_(status_or_value_, __LINE__), lhs, expression)

#define LOADSTONE_ASSIGN_OR_RETURN_(value, lhs, expression) \
  auto value = (expression);                                \
  if (!value.ok()) return std::move(value).status();        \
  lhs = *std::move(value)

#endif  // LOADSTONE_ENGINE_BASE_STATUS_MACROS_H_
