#include "loaders/torch_format/file_kind.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "loaders/pickle/text_decoding.h"
#include "loaders/pickle/unpickler.h"

namespace loadstone {
namespace {

constexpr size_t kLooked = 4096;  // bytes that decide, nearly always
constexpr size_t kQuoted = 40;    // bytes shown of an unknown file

struct Magic {
  absl::string_view bytes;
  size_t offset;
  absl::string_view description;
};

using absl::string_view;

constexpr Magic kMagics[] = {
    {string_view("\x1F\x8B", 2), 0, "compressed with gzip: unpack it first"},
    {string_view("7z\xBC\xAF\x27\x1C", 6), 0, "a 7-Zip archive: unpack it first"},
    {string_view("\x28\xB5\x2F\xFD", 4), 0, "compressed with zstd: unpack it first"},
    {string_view("BZh", 3), 0, "compressed with bzip2: unpack it first"},
    {string_view("\xFD" "7zXZ", 5), 0, "compressed with xz: unpack it first"},
    {string_view("Rar!", 4), 0, "a RAR archive: unpack it first"},
    {string_view("\x89HDF\r\n\x1A\n", 8), 0, "an HDF5 file (Keras, h5py), not PyTorch"},
    {string_view("GGUF", 4), 0, "a GGUF file (llama.cpp), not PyTorch"},
    {string_view("\x93NUMPY", 6), 0, "a NumPy array (.npy), not a model"},
    {string_view("PYTORCH1", 8), 0, "a preview of TorchScript from 2018, which PyTorch itself no longer reads"},
    {string_view("PTMF", 4), 4, "a TorchScript mobile flatbuffer, which holds code for another runtime"},
    {string_view("ET12", 4), 4, "an ExecuTorch program, which holds code for another runtime"},
    {string_view("TFL3", 4), 4, "a TensorFlow Lite model, not PyTorch"},
    {string_view("%PDF", 4), 0, "a PDF document"},
    {string_view("\x7F" "ELF", 4), 0, "a program or shared library"},
    {string_view("\x89PNG", 4), 0, "a PNG image"},
    {string_view("\xFF\xD8\xFF", 3), 0, "a JPEG image"},
};

// The length of its JSON, below 2^32, and the JSON. Its loader (loaders/safetensors) allows white space between.
bool BeginsAsSafetensors(absl::string_view bytes) {
  return bytes.size() > 8 && bytes.substr(4, 5) == string_view("\0\0\0\0{", 5);
}

// Printable and valid UTF-8. The look may have cut the last character.
bool IsText(absl::string_view bytes) {
  constexpr size_t kLongestCharacter = 4;
  const size_t most_cut = bytes.size() == kLooked ? kLongestCharacter - 1 : 0;
  size_t cut = 0;
  while (cut < most_cut && !pickle::IsPythonUtf8(bytes.substr(0, bytes.size() - cut))) ++cut;
  return pickle::IsPythonUtf8(bytes.substr(0, bytes.size() - cut)) &&
         std::all_of(bytes.begin(), bytes.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t';
         });
}

// Protocols 0 and 1, which have no mark at their beginning: some are text. One with a dangerous name is refused, and
// is a pickle too.
bool IsOldPickle(absl::string_view bytes) {
  constexpr size_t kMostBytes = size_t{1} << 20;
  if (bytes.size() > kMostBytes) return false;
  const absl::Status status = pickle::Unpickle(bytes).status();
  return status.ok() || absl::IsPermissionDenied(status);
}

std::string FirstLine(absl::string_view text) {
  const absl::string_view line = text.substr(0, std::min(text.find('\n'), kQuoted));
  return absl::StrCat("\"", absl::CHexEscape(line), "\"");
}

std::string DescribeText(absl::string_view text, size_t size) {
  const absl::string_view trimmed = absl::StripLeadingAsciiWhitespace(absl::StripPrefix(text, "\xEF\xBB\xBF"));
  if (absl::StartsWith(trimmed, "version https://git-lfs")) {
    return absl::StrCat("a Git LFS pointer of ", size, " bytes, not the model itself: fetch it with `git lfs pull`");
  }
  const std::string lower = absl::AsciiStrToLower(trimmed.substr(0, 512));
  if (absl::StartsWith(lower, "<!doctype") || absl::StartsWith(lower, "<html") ||
      (absl::StartsWith(lower, "<") && absl::StrContains(lower, "<html"))) {
    return "an HTML page, as a failed download or a login page leaves: download the model again";
  }
  if (absl::StartsWith(trimmed, "<?xml") || absl::StartsWith(trimmed, "<Error")) {
    return "an XML document, as a storage service answers with an error: download the model again";
  }
  if (absl::StartsWith(trimmed, "{") || absl::StartsWith(trimmed, "[")) {
    return absl::StrCat("JSON text, perhaps an error message saved by a download; it begins ", FirstLine(trimmed));
  }
  return absl::StrCat("a text file, not a model; it begins ", FirstLine(trimmed));
}

}  // namespace

std::string DescribeFile(absl::string_view bytes) {
  if (bytes.empty()) return "empty (0 bytes): the download or copy did not finish";
  const absl::string_view head = bytes.substr(0, kLooked);
  // Before the magic numbers: its length may look like one.
  if (BeginsAsSafetensors(head)) return "a safetensors file";
  for (const Magic& magic : kMagics) {
    if (head.size() >= magic.offset && absl::StartsWith(head.substr(magic.offset), magic.bytes)) {
      return std::string(magic.description);
    }
  }
  if ((head.size() > 1 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5) || IsOldPickle(bytes)) {
    return "a bare pickle (pickle.dump, joblib), not a file of torch.save";
  }
  if (head.find_first_not_of('\0') == absl::string_view::npos) {
    return absl::StrCat("filled with zero bytes (", bytes.size(), " bytes): the download or copy did not finish");
  }
  if (IsText(head)) return DescribeText(head, bytes.size());
  return absl::StrCat("of no known format (", bytes.size(), " bytes); it begins with the bytes ",
                      absl::BytesToHexString(head.substr(0, 8)));
}

}  // namespace loadstone
