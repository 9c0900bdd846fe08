// Sizes, strides and offset of a tensor as a file states them.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_

#include <cstdint>

#include <c10/util/DimVector.h>

namespace loadstone {

// Counted in elements. Hostile until CheckView (strided_view.h) said OK.
struct ViewGeometry {
  int64_t offset = 0;
  c10::DimVector sizes;
  c10::DimVector strides;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_VIEW_GEOMETRY_H_
