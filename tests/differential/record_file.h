// The files that make_module_db.py writes.
#ifndef LOADSTONE_TESTS_DIFFERENTIAL_RECORD_FILE_H_
#define LOADSTONE_TESTS_DIFFERENTIAL_RECORD_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadstone::testing {

// One use of a module in Python: all that is needed to repeat it, and what came of it. The fields are explained in
// make_module_db.py; those that are torch.save files hold their bytes.
struct Sample {
  std::string name;
  std::string skipped;
  std::string module;
  std::string inputs;
  std::string output;
  std::string print;
  std::string parameters;
  std::string buffers;
  std::string class_name;
  std::string constructor;
  std::string state_dict;
  std::string state_dict_keys;
};

// DataLoss: not such a file. NotFound: no file.
absl::StatusOr<std::vector<Sample>> ReadSamples(const std::string& path);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_DIFFERENTIAL_RECORD_FILE_H_
