// A small model whose source a test gives.
#ifndef LOADSTONE_TESTS_PYTHON_SOURCE_SOURCE_MODEL_H_
#define LOADSTONE_TESTS_PYTHON_SOURCE_SOURCE_MODEL_H_

#include <memory>
#include <string>

#include <ATen/core/ivalue.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"

namespace loadstone::testing {

// A class Net around one Linear(2, 2), whose forward does `body`: lines that begin at column 9 of line 10.
std::string NetSource(absl::string_view body);

// Loads model.py, and what else lies in its folder, each time anew.
class SourceModel {
 public:
  SourceModel();

  // The folder that --source names. Its path is in messages as `<folder>/model.py`.
  const TempFolder& folder() const { return folder_; }
  // Writes model.py and loads its class Net with the weights of a Linear.
  absl::StatusOr<ServableHandle> Load(absl::string_view model_py, absl::string_view class_name = "model.Net");
  // Loads it and calls it with a 2 × 2 tensor.
  absl::StatusOr<c10::IValue> Run(absl::string_view model_py);

 private:
  const TempFolder folder_;
  const TempFolder weights_;
  const std::unique_ptr<Engine> engine_;
  int models_ = 0;
};

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_PYTHON_SOURCE_SOURCE_MODEL_H_
