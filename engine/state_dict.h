// Weights by key, without an architecture: what torch.save(model.state_dict()) holds.
#ifndef LOADSTONE_ENGINE_STATE_DICT_H_
#define LOADSTONE_ENGINE_STATE_DICT_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/attribute.h"
#include "engine/named.h"

namespace loadstone {

struct StateDict {
  // In file order. Tensors nearly always; `_extra_state` and packed quantized weights are other things.
  NamedList<Attribute> entries;
  // nn.Module._version by module path ("" is the root), from the `_metadata` that PyTorch attaches. A path that is
  // absent has no version: its module is treated by the oldest rules, as Module._load_from_state_dict does.
  absl::flat_hash_map<std::string, int64_t> versions;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_STATE_DICT_H_
