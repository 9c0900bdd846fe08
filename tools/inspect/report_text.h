// A FileReport for people.
#ifndef LOADSTONE_TOOLS_INSPECT_REPORT_TEXT_H_
#define LOADSTONE_TOOLS_INSPECT_REPORT_TEXT_H_

#include <string>

#include "tools/inspect/file_report.h"

namespace loadstone {

// Lines, the verdict last.
std::string ReportText(const FileReport& report);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_REPORT_TEXT_H_
