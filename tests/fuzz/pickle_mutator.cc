// libFuzzer's mutator for pickles: it changes whole opcodes, so that most of what it makes still runs a while.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed);

namespace {

// An opcode with its argument.
using Piece = std::string;

// Bytes of arguments by opcode, for those of fixed size.
size_t FixedArgument(char opcode) {
  switch (opcode) {
    case '\x80':
    case 'K':
    case 'h':
    case 'q':
    case '\x82':
      return 1;
    case 'M':
    case '\x83':
      return 2;
    case 'J':
    case 'j':
    case 'r':
    case '\x84':
      return 4;
    case 'G':
    case '\x95':
      return 8;
    default:
      return 0;
  }
}

// Bytes of the length before an argument of any size; 0 for other opcodes.
size_t LengthBytes(char opcode) {
  switch (opcode) {
    case 'U':
    case 'C':
    case '\x8a':
    case '\x8c':
      return 1;
    case 'T':
    case 'B':
    case 'X':
    case '\x8b':
      return 4;
    case '\x8d':
    case '\x8e':
    case '\x96':
      return 8;
    default:
      return 0;
  }
}

size_t Lines(char opcode) {
  if (opcode == 'c' || opcode == 'i') return 2;
  return absl::string_view("FILSVPgp").find(opcode) != absl::string_view::npos ? 1 : 0;
}

size_t PieceSize(absl::string_view rest) {
  const char opcode = rest[0];
  size_t size = 1 + FixedArgument(opcode);
  if (const size_t length_bytes = LengthBytes(opcode); length_bytes > 0) {
    uint64_t length = 0;
    std::memcpy(&length, rest.data() + 1, std::min(length_bytes, rest.size() - 1));
    if (length > rest.size()) return rest.size();
    size = 1 + length_bytes + length;
  }
  for (size_t lines = Lines(opcode); lines > 0 && size < rest.size(); --lines) {
    size = std::min(rest.find('\n', size), rest.size() - 1) + 1;
  }
  return std::min(size, rest.size());
}

std::vector<Piece> Split(absl::string_view pickle) {
  std::vector<Piece> pieces;
  while (!pickle.empty()) {
    const size_t size = PieceSize(pickle);
    pieces.emplace_back(pickle.substr(0, size));
    pickle.remove_prefix(size);
  }
  return pieces;
}

// One to insert: what builds, calls and refers.
Piece AnyPiece(std::minstd_rand& random) {
  static constexpr absl::string_view kPieces[] = {
      "(",
      "0",
      "1",
      "2",
      "N",
      "]",
      "}",
      ")",
      "t",
      "l",
      "d",
      "a",
      "e",
      "s",
      "u",
      "b",
      "R",
      "o",
      "Q",
      "\x81",
      "\x85",
      "\x86",
      "\x87",
      "\x88",
      "\x89",
      "\x8f",
      "\x90",
      "\x91",
      "\x92",
      "\x93",
      "\x94",
      "K\x01",
      "J\xff\xff\xff\xff",
      "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
      "\x8c\x01x",
      "C\x01x",
      "ca\nb\n",
      "ia\nb\n",
      "ctorch._utils\n_rebuild_tensor_v2\n",
      "ctorch._utils\n_rebuild_parameter\n",
      "ctorch._utils\n_rebuild_qtensor\n",
      "ctorch._utils\n_rebuild_sparse_tensor\n",
      "ccollections\nOrderedDict\n",
      "ctorch\nFloatStorage\n",
      "ccopyreg\n_reconstructor\n",
      "c_codecs\nencode\n",
      "cbuiltins\nset\n",
      "cbuiltins\nbytearray\n",
      "Nnan\n",
  };
  const size_t choice = random() % (std::size(kPieces) + 2);
  const char index = static_cast<char>(random() % 32);
  if (choice == std::size(kPieces)) return Piece{'h', index};
  if (choice == std::size(kPieces) + 1) return Piece{'q', index};
  return Piece(kPieces[choice]);
}

// A length that no longer fits, or other bytes: libFuzzer's own changes, within the argument.
void ChangeArgument(Piece& piece) {
  if (piece.size() < 2) return;
  const size_t room = piece.size() + 16;
  std::string argument = piece.substr(1);
  const size_t size = argument.size();
  argument.resize(room);
  argument.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(argument.data()), size, room));
  piece = piece.substr(0, 1) + argument;
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  std::minstd_rand random(seed);
  std::vector<Piece> pieces = Split(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (pieces.empty() || random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const size_t at = random() % pieces.size();
  const size_t other = random() % pieces.size();
  const auto where = pieces.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random() % 5) {
    case 0:
      pieces.erase(where);
      break;
    case 1:
      pieces.insert(where, AnyPiece(random));
      break;
    case 2:
      pieces.insert(where, Piece(pieces[other]));
      break;
    case 3:
      std::swap(pieces[at], pieces[other]);
      break;
    default:
      ChangeArgument(pieces[at]);
      break;
  }
  size_t written = 0;
  for (const Piece& piece : pieces) {
    const size_t step = std::min(piece.size(), max_size - written);
    std::memcpy(data + written, piece.data(), step);
    written += step;
  }
  return written;
}
