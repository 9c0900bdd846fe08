// The pickle machine: all opcodes of protocols 0 to 5 (CPython Lib/pickle.py), run over inert values.
#ifndef LOADSTONE_LOADERS_PICKLE_UNPICKLER_H_
#define LOADSTONE_LOADERS_PICKLE_UNPICKLER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/pickle/document.h"
#include "loaders/pickle/unpickle_options.h"

namespace loadstone::pickle {

// Runs the first pickle of `bytes` to its STOP; bytes after it are not looked at.
// A few calls that only spell plain data become that data: `_codecs.encode(text, 'latin1')`, bytes() and
// bytearray() of nothing, of bytes or of (text, 'latin-1') are kBytes; set and frozenset of a list or tuple kSet.
// Calls that spell an opcode become what they spell: copyreg.__newobj__, __newobj_ex__ and _reconstructor are
// kNewObject of the class; OrderedDict of a list of pairs has them as entries.
// DataLoss: truncated or malformed (says at which byte). ResourceExhausted: over a limit (says which, both numbers).
// PermissionDenied: names something that can run commands (says what and where; nothing ran).
// Unimplemented: protocol 6 or later, or an opcode that no torch.save file holds (EXT*, NEXT_BUFFER,
// READONLY_BUFFER, PERSID).
absl::StatusOr<std::unique_ptr<const Document>> Unpickle(absl::string_view bytes, const UnpickleOptions& options = {});

// What a pickle names, up to its STOP or where it breaks: for scanners. Python acts on each opcode before it reads the
// next, so what stands before a break has been called by then.
struct NameScan {
  std::unique_ptr<const Document> document;  // of a broken pickle, only names() and dangerous_names()
  absl::Status status;                       // Unpickle()'s, but never PermissionDenied
};
NameScan ScanNames(absl::string_view bytes, const Limits& limits = {});

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_UNPICKLER_H_
