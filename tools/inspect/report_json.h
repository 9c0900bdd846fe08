// A FileReport for programs.
#ifndef LOADSTONE_TOOLS_INSPECT_REPORT_JSON_H_
#define LOADSTONE_TOOLS_INSPECT_REPORT_JSON_H_

#include <string>

#include "tools/inspect/file_report.h"

namespace loadstone {

// One indented JSON object and a newline; bytes that are no UTF-8 become U+FFFD. A field that says nothing of this kind
// of file is absent.
std::string ReportJson(const FileReport& report);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_REPORT_JSON_H_
