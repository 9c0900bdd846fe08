// A folder of one test's own.
#ifndef LOADSTONE_ENGINE_TESTING_TEMP_FOLDER_H_
#define LOADSTONE_ENGINE_TESTING_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace loadstone::testing {

// Made by the constructor, removed with all that is in it by the destructor.
class TempFolder {
 public:
  TempFolder() : path_(absl::StrCat(::testing::TempDir(), "/loadstone_XXXXXX")) {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make a folder in " << ::testing::TempDir();
  }
  ~TempFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string Path(absl::string_view name) const { return absl::StrCat(path_, "/", name); }
  // Writes a file, and the folders on the way to it; returns its path.
  std::string Write(absl::string_view name, absl::string_view bytes) const {
    const std::string path = Path(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  std::string path_;
};

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_TEMP_FOLDER_H_
