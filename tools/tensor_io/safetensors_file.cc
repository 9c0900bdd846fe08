#include "tools/tensor_io/safetensors_file.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/safetensors/dtypes.h"
#include "tools/tensor_io/format_value.h"
#include "tools/tensor_io/replace_file.h"

namespace loadstone {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");
constexpr size_t kAlignment = 8;

// Elements of whole bytes only: what packs several into one has a shape of its own in the format.
absl::StatusOr<absl::string_view> NameOfDtype(const at::Tensor& tensor) {
  const auto found = std::find_if(
      std::begin(kSafetensorsDtypes), std::end(kSafetensorsDtypes),
      [&](const SafetensorsDtype& dtype) { return dtype.type == tensor.scalar_type() && dtype.bits >= 8; });
  if (found == std::end(kSafetensorsDtypes) || tensor.layout() != c10::kStrided || tensor.is_meta()) {
    return absl::UnimplementedError(
        absl::StrCat("a safetensors file cannot hold a tensor that is ", DescribeTensor(tensor)));
  }
  return found->name;
}

// The elements in row-major order, on this machine, with no view's conjugation or sign left to do.
at::Tensor Plain(const at::Tensor& tensor) { return tensor.resolve_conj().resolve_neg().cpu().contiguous(); }

absl::string_view BytesOf(const at::Tensor& plain) {
  return absl::string_view(static_cast<const char*>(plain.const_data_ptr()), plain.nbytes());
}

// Built entry by entry: the JSON library's ordered objects search linearly.
absl::StatusOr<std::string> HeaderOf(const NamedList<at::Tensor>& tensors) {
  std::string header = R"({"__metadata__":{"format":"pt"})";
  absl::flat_hash_set<absl::string_view> names = {"__metadata__"};
  uint64_t offset = 0;
  for (const Named<at::Tensor>& entry : tensors) {
    const absl::StatusOr<absl::string_view> dtype = NameOfDtype(entry.value);
    if (!dtype.ok()) return Annotate(dtype.status(), entry.name);
    if (!names.insert(entry.name).second) {
      return absl::InvalidArgumentError(absl::StrCat("two entries are named '", entry.name, "'"));
    }
    const uint64_t end = offset + static_cast<uint64_t>(entry.value.numel()) * entry.value.element_size();
    const nlohmann::json value = {
        {"dtype", *dtype}, {"shape", entry.value.sizes().vec()}, {"data_offsets", {offset, end}}};
    try {
      absl::StrAppend(&header, ",", nlohmann::json(entry.name).dump(), ":", value.dump());
    } catch (const nlohmann::json::type_error&) {
      return absl::InvalidArgumentError("a tensor's name is no UTF-8, which a safetensors file needs");
    }
    offset = end;
  }
  header += "}";
  header.append((kAlignment - header.size() % kAlignment) % kAlignment, ' ');
  return header;
}

}  // namespace

absl::Status WriteSafetensorsFile(const std::string& path, const NamedList<at::Tensor>& tensors) {
  // Wide elements first, as the safetensors library does, so that all are aligned.
  NamedList<at::Tensor> sorted = tensors;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Named<at::Tensor>& a, const Named<at::Tensor>& b) {
    return a.value.element_size() > b.value.element_size();
  });
  ASSIGN_OR_RETURN(const std::string header, HeaderOf(sorted));
  const uint64_t length = header.size();
  std::vector<absl::string_view> pieces = {absl::string_view(reinterpret_cast<const char*>(&length), sizeof(length)),
                                           header};
  for (Named<at::Tensor>& entry : sorted) {
    entry.value = Plain(entry.value);
    pieces.push_back(BytesOf(entry.value));
  }
  return ReplaceFile(path, pieces);
}

}  // namespace loadstone
