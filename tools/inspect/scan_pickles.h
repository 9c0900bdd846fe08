// What the pickles of a file would have Python look up and call.
#ifndef LOADSTONE_TOOLS_INSPECT_SCAN_PICKLES_H_
#define LOADSTONE_TOOLS_INSPECT_SCAN_PICKLES_H_

#include <vector>

#include "engine/byte_source.h"
#include "engine/plugin_registry.h"
#include "tools/inspect/file_report.h"

namespace loadstone {

struct PickleScan {
  // Every name that is dangerous or neither known nor registered, once for each record, in the order of the file. At
  // most some thousands: a file that has more is found out by fewer.
  std::vector<FileReport::Finding> findings;
  // The whole file is pickles and nothing else (pickle.dump, not torch.save).
  bool is_bare_pickle = false;
};

// Reads the pickles of a zip (records named .pkl or .pickle), the members of a tar, and those that any other file
// begins with, each up to where it ends or breaks. A container that cannot be opened has none.
PickleScan ScanPickles(const ByteSource& source, const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_SCAN_PICKLES_H_
