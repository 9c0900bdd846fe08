// The text forms of pickle protocol 0, and the checks of the binary ones.
#ifndef LOADSTONE_LOADERS_PICKLE_TEXT_DECODING_H_
#define LOADSTONE_LOADERS_PICKLE_TEXT_DECODING_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone::pickle {

bool IsAscii(absl::string_view bytes);

// As Python's utf-8 codec with `surrogatepass`: UTF-8 that may hold lone surrogates.
bool IsPythonUtf8(absl::string_view bytes);

// The 8-bit string that a Python 2 literal with its quotes stands for: 'it\'s \x41'. DataLoss: no literal.
absl::StatusOr<std::string> DecodeStringLiteral(absl::string_view literal);

// UTF-8 from raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX. DataLoss: a bad escape.
absl::StatusOr<std::string> DecodeRawUnicodeEscape(absl::string_view text);

// What text.encode('latin1') gives. DataLoss: a character above U+00FF. REQUIRES: IsPythonUtf8(text).
absl::StatusOr<std::string> EncodeLatin1(absl::string_view text);

// Little-endian two's complement, the fewest bytes, of a decimal number such as `-12` or `1_000L`; zero is empty.
// DataLoss: not such a number (hexadecimal and leading zeros too, which Python releases read differently).
// ResourceExhausted: would take more than `max_bytes`.
absl::StatusOr<std::string> DecodeDecimal(absl::string_view text, size_t max_bytes);

// Two's complement bytes without those that only repeat the sign.
absl::string_view TrimSign(absl::string_view little_endian);

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_TEXT_DECODING_H_
