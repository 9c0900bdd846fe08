// The methods of layers that are the engine's.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_FUNCTIONS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_FUNCTIONS_H_

#include <string>

#include "custom_ops/python_source/runtime/heap.h"
#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

// __init__ of the class of that registered name: lays the object out as the class of C++ does.
Value NewLayerInit(Heap& heap, std::string layer);
// forward: runs the layer of C++, which is built of what the object holds where the model is not built yet.
Value NewLayerForward(Heap& heap);
Value NewLayerExtraRepr(Heap& heap);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_FUNCTIONS_H_
