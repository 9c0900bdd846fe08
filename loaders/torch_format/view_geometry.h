// Sizes, strides and offset of a tensor as a file states them.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_

#include <cstdint>
#include <vector>

namespace loadstone {

// Counted in elements. Hostile until CheckView (strided_view.h) said OK.
struct ViewGeometry {
  int64_t offset = 0;
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_
