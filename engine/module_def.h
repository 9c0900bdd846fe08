// A module as plain data: what a loader read, or what a constructor laid out. The one type that formats and layer
// classes share.
#ifndef LOADSTONE_ENGINE_MODULE_DEF_H_
#define LOADSTONE_ENGINE_MODULE_DEF_H_

#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/attribute.h"
#include "engine/named.h"

namespace loadstone {

// Lists are in Python's order, which is print order. Sharing is meaning: one ModuleDef (or one Tensor) in two places
// is one module (or parameter) there, as in Python.
struct ModuleDef {
  // Python's qualified name: "torch.nn.modules.conv.Conv2d", "shop.models.Ranker".
  std::string class_name;
  // Everything of the instance's __dict__ that is not below.
  NamedList<Attribute> attributes;
  // An undefined tensor is Python's None (`bias=False`): the name is there, the value is not. A tensor on the meta
  // device is a parameter that a constructor laid out and a state dict must fill.
  NamedList<at::Tensor> parameters;
  NamedList<at::Tensor> buffers;
  // Names of buffers that a state dict omits.
  std::vector<std::string> non_persistent_buffers;
  // Null is Python's None: a registered but absent child.
  NamedList<std::shared_ptr<ModuleDef>> children;
  // Forward and forward-pre hooks, by the attribute of nn.Module that held them.
  NamedList<Attribute> hooks;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_DEF_H_
