// One spelling for each class or function, whichever Python and PyTorch release wrote it.
#ifndef LOADSTONE_LOADERS_PICKLE_NAME_NORMALIZATION_H_
#define LOADSTONE_LOADERS_PICKLE_NAME_NORMALIZATION_H_

#include <string>

#include "absl/strings/string_view.h"

namespace loadstone::pickle {

struct QualifiedName {
  std::string module;
  std::string name;
};

// Python 2's names become Python 3's (CPython Lib/_compat_pickle.py, all of it), and the modules that PyTorch and
// NumPy have moved get their present name; `numpy._core` becomes `numpy.core`, which both NumPy 1 and 2 know.
// Whatever has one spelling only stays as it is.
QualifiedName NormalizeName(absl::string_view module, absl::string_view name);

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_NAME_NORMALIZATION_H_
