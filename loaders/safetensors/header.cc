#include "loaders/safetensors/header.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/safetensors/dtypes.h"
#include "loaders/safetensors/strict_json.h"
#include "loaders/torch_format/little_endian.h"

namespace loadstone {
namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference library's limit
constexpr size_t kMaxDimensions = 64;              // what at::Tensor takes
constexpr absl::string_view kMetadata = "__metadata__";

// An entry as the text has it.
struct RawEntry {
  std::optional<std::string> dtype;
  std::optional<std::vector<uint64_t>> shape;
  std::optional<std::vector<uint64_t>> offsets;
};

// Depth counts open containers: 1 in the header's object, 2 in an entry, 3 in its shape or offsets.
class HeaderReader : public JsonEvents {
 public:
  absl::Status OnBegin(JsonContainer container) override {
    ++depth_;
    if (depth_ == 1) return container == JsonContainer::kObject ? absl::OkStatus() : NotA("the header", "an object");
    if (depth_ == 2) {
      return container == JsonContainer::kObject ? absl::OkStatus() : NotA(Quoted(name_), "an object");
    }
    if (name_ == kMetadata) return NotA(FieldText(), "a text");
    if (numbers_ != nullptr) {
      // The list itself; one in it would be a second.
      if (depth_ == 3 && container == JsonContainer::kArray) return absl::OkStatus();
      return NotA(FieldText(), "a list of whole numbers");
    }
    return depth_ == 3 && field_ == "dtype" ? NotA(FieldText(), "a text") : absl::OkStatus();
  }

  absl::Status OnKey(std::string key) override {
    if (depth_ == 1) {
      name_ = std::move(key);
      if (name_ != kMetadata) entries.push_back({name_, {}});
    } else if (depth_ == 2) {
      field_ = std::move(key);
      if (name_ == kMetadata) return absl::OkStatus();
      if (field_ == "shape") numbers_ = &entries.back().value.shape.emplace();
      if (field_ == "data_offsets") numbers_ = &entries.back().value.offsets.emplace();
    }
    return absl::OkStatus();
  }

  absl::Status OnScalar(JsonScalar scalar) override {
    if (depth_ == 0) return NotA("the header", "an object");
    if (depth_ == 1) return NotA(Quoted(name_), "an object");
    std::string* text = std::get_if<std::string>(&scalar);
    if (name_ == kMetadata) {
      if (text == nullptr) return NotA(FieldText(), "a text");
      metadata.push_back({field_, std::move(*text)});
    } else if (numbers_ != nullptr) {
      const uint64_t* number = std::get_if<uint64_t>(&scalar);
      if (depth_ != 3 || number == nullptr) return NotA(FieldText(), "a list of whole numbers");
      if (numbers_->size() == kMaxDimensions) {
        return absl::DataLossError(absl::StrCat(FieldText(), " has more than ", kMaxDimensions, " numbers"));
      }
      numbers_->push_back(*number);
    } else if (depth_ == 2 && field_ == "dtype") {
      if (text == nullptr) return NotA(FieldText(), "a text");
      entries.back().value.dtype = std::move(*text);
    }
    return absl::OkStatus();
  }

  absl::Status OnEnd() override {
    if (depth_ == 3) numbers_ = nullptr;
    --depth_;
    return absl::OkStatus();
  }

  NamedList<RawEntry> entries;
  NamedList<std::string> metadata;

 private:
  std::string FieldText() const { return absl::StrCat(Quoted(field_), " of ", Quoted(name_)); }
  static absl::Status NotA(absl::string_view what, absl::string_view expected) {
    return absl::DataLossError(absl::StrCat(what, " is not ", expected));
  }

  int depth_ = 0;
  std::string name_;
  std::string field_;
  std::vector<uint64_t>* numbers_ = nullptr;  // of `entries`, while in a shape or offsets
};

absl::StatusOr<SafetensorsDtype> FindDtype(absl::string_view name) {
  for (const SafetensorsDtype& dtype : kSafetensorsDtypes) {
    if (dtype.name == name) return dtype;
  }
  return absl::DataLossError(absl::StrCat("dtype ", Quoted(name), " is none of safetensors"));
}

// Also checks the product with 1 for 0, which strides are made of.
absl::StatusOr<uint64_t> BitsOf(const SafetensorsDtype& dtype, const std::vector<uint64_t>& shape) {
  uint64_t bits = dtype.bits;
  uint64_t reach = dtype.bits;
  for (const uint64_t size : shape) {
    if (size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
        __builtin_mul_overflow(bits, size, &bits) ||
        __builtin_mul_overflow(reach, std::max<uint64_t>(size, 1), &reach)) {
      return absl::DataLossError("its shape overflows 64 bits");
    }
  }
  return bits;
}

// `unsupported` takes what is well-formed but not for PyTorch: malformed entries are told first.
absl::StatusOr<SafetensorsEntry> CheckEntry(const RawEntry& raw, absl::Status& unsupported) {
  if (!raw.dtype.has_value()) return absl::DataLossError("has no dtype");
  if (!raw.shape.has_value()) return absl::DataLossError("has no shape");
  if (!raw.offsets.has_value()) return absl::DataLossError("has no data_offsets");
  if (raw.offsets->size() != 2) {
    return absl::DataLossError(absl::StrCat("has ", raw.offsets->size(), " data_offsets, not 2"));
  }
  ASSIGN_OR_RETURN(const SafetensorsDtype dtype, FindDtype(*raw.dtype));
  ASSIGN_OR_RETURN(const uint64_t bits, BitsOf(dtype, *raw.shape));
  if (bits % 8 != 0) return absl::DataLossError(absl::StrCat("its ", bits, " bits are no whole bytes"));

  SafetensorsEntry entry;
  entry.begin = raw.offsets->front();
  entry.end = raw.offsets->back();
  if (entry.begin > entry.end) {
    return absl::DataLossError(absl::StrCat("begins at ", entry.begin, " and ends at ", entry.end));
  }
  if (entry.end - entry.begin != bits / 8) {
    return absl::DataLossError(
        absl::StrCat("has ", entry.end - entry.begin, " bytes, its dtype and shape need ", bits / 8));
  }
  entry.sizes.assign(raw.shape->begin(), raw.shape->end());
  if (!dtype.type.has_value()) {
    unsupported.Update(absl::UnimplementedError(absl::StrCat("PyTorch has no type for dtype ", dtype.name)));
    return entry;
  }
  entry.type = *dtype.type;
  if (entry.type == c10::ScalarType::Float4_e2m1fn_x2) {
    // Whole bytes, so it has a dimension.
    if (entry.sizes.empty() || entry.sizes.back() % 2 != 0) {
      unsupported.Update(absl::UnimplementedError("PyTorch packs F4 in pairs, its last size is odd"));
      return entry;
    }
    entry.sizes.back() /= 2;
  }
  return entry;
}

// What no tensor owns could hide anything, and what two own is not two tensors.
absl::Status CheckCoverage(const NamedList<SafetensorsEntry>& entries, uint64_t data_size) {
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&entries](size_t a, size_t b) {
    return std::make_pair(entries[a].value.begin, entries[a].value.end) <
           std::make_pair(entries[b].value.begin, entries[b].value.end);
  });
  uint64_t covered = 0;
  for (const size_t i : order) {
    if (entries[i].value.begin != covered) {
      return absl::DataLossError(absl::StrCat("tensor ", Quoted(entries[i].name), " begins at byte ",
                                              entries[i].value.begin, " of the data, the one before ends at ",
                                              covered));
    }
    covered = entries[i].value.end;
  }
  if (covered == data_size) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the tensors need ", covered, " bytes, the file has ", data_size));
}

}  // namespace

bool BeginsAsSafetensors(absl::string_view file) {
  if (file.size() <= kLengthBytes) return false;
  // No text and no magic number of another format has four zero bytes here; a header over the limit still has.
  const auto length = static_cast<uint64_t>(LoadInt64(file));
  if (length < 2 || length > std::numeric_limits<uint32_t>::max()) return false;
  const absl::string_view header = file.substr(kLengthBytes, length);
  const size_t first = header.find_first_not_of(" \t\r\n");
  return first != absl::string_view::npos && header[first] == '{';
}

absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view file) {
  if (!BeginsAsSafetensors(file)) {
    return absl::InvalidArgumentError("not a safetensors file: no header length and '{' at its beginning");
  }
  const auto length = static_cast<uint64_t>(LoadInt64(file));
  if (length > kMaxHeaderBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("safetensors header of ", length, " bytes, at most ", kMaxHeaderBytes, " are read"));
  }
  if (length > file.size() - kLengthBytes) {
    return absl::DataLossError(absl::StrCat("safetensors header of ", length, " bytes, the file has ",
                                            file.size() - kLengthBytes, " after its length"));
  }
  HeaderReader reader;
  RETURN_IF_ERROR(Annotate(ReadStrictJson(file.substr(kLengthBytes, length), reader), "safetensors header"));

  SafetensorsHeader header;
  header.data_begin = kLengthBytes + length;
  header.metadata = std::move(reader.metadata);
  absl::Status unsupported;
  for (Named<RawEntry>& raw : reader.entries) {
    absl::Status unsupported_entry;
    absl::StatusOr<SafetensorsEntry> entry = CheckEntry(raw.value, unsupported_entry);
    const std::string where = absl::StrCat("tensor ", Quoted(raw.name));
    if (!entry.ok()) return Annotate(entry.status(), where);
    unsupported.Update(Annotate(unsupported_entry, where));
    header.entries.push_back({std::move(raw.name), *std::move(entry)});
  }
  RETURN_IF_ERROR(CheckCoverage(header.entries, file.size() - header.data_begin));
  if (!unsupported.ok()) return unsupported;
  return header;
}

}  // namespace loadstone
