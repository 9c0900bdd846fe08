#include "loaders/safetensors/expected_tensors.h"

#include <openssl/evp.h>

#include <fstream>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loaders/torch_format/scalar_types.h"

namespace loadstone::testing {
namespace {

std::string Sha256(absl::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

bool Equals(const at::Tensor& tensor, const nlohmann::json& expected) {
  const auto type = ScalarTypeOfDtype(expected["dtype"].get<std::string>());
  const auto* data = static_cast<const char*>(tensor.const_data_ptr());
  return type == tensor.scalar_type() && tensor.sizes() == expected["shape"].get<std::vector<int64_t>>() &&
         tensor.is_contiguous() && Sha256({data, tensor.nbytes()}) == expected["sha256"].get<std::string>();
}

}  // namespace

std::string TestFile(const std::string& name) { return absl::StrCat("loaders/safetensors/testdata/", name); }

std::vector<std::string> DifferencesFromPython(const StateDict& weights, const std::vector<std::string>& files) {
  std::ifstream stream(TestFile("expected.json"));
  const nlohmann::json all = nlohmann::json::parse(stream);
  nlohmann::json expected = nlohmann::json::object();
  for (const std::string& file : files) expected.update(all.at(file));
  std::vector<std::string> differences;
  for (const Named<Attribute>& entry : weights.entries) {
    if (!expected.contains(entry.name) || entry.value.tensor() == nullptr) {
      differences.push_back(absl::StrCat(entry.name, " is not expected"));
    } else if (!Equals(*entry.value.tensor(), expected[entry.name])) {
      differences.push_back(absl::StrCat(entry.name, " differs from ", expected[entry.name].dump()));
    }
    expected.erase(entry.name);
  }
  for (const auto& [name, value] : expected.items()) differences.push_back(absl::StrCat(name, " is missing"));
  return differences;
}

}  // namespace loadstone::testing
