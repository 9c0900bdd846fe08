// Which model to load, from where, and how.
#ifndef LOADSTONE_ENGINE_MODEL_SPEC_H_
#define LOADSTONE_ENGINE_MODEL_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/load_limits.h"
#include "engine/signature.h"

namespace loadstone {

// The class and constructor arguments of a state dict's model.
struct Architecture {
  std::string class_name;  // "shop.models.Ranker", "torch.nn.Linear"
  Arguments arguments;
};

enum class Strictness {
  kStrict,   // every key must fit (load_state_dict(strict=True))
  kLenient,  // what fits is loaded, the rest is reported
};

// What to do with a module's forward hooks that are somebody's Python code.
enum class UnknownHooks {
  kRefuse,  // Unimplemented, naming each: without them the model computes something else
  kIgnore,
};

// A plain value. One spec is one version of one model.
struct ModelSpec {
  std::string name;
  int64_t version = 1;
  std::string path;  // a file, or a folder that a registered FolderFormat knows
  // Empty: the one loader whose CanLoad says yes.
  std::string loader;
  // Of weights alone. Empty: what a registered ArchitectureRecognizer tells from keys and shapes.
  std::optional<Architecture> architecture;
  // Instead of it: a file with a whole module that has the architecture. Its weights are replaced; what a lenient load
  // does not find stays as it is there.
  std::string architecture_file;
  Strictness strictness = Strictness::kStrict;
  // Which entry of a checkpoint holds the weights, levels joined by '.'. Empty: the loader's own rules.
  std::string weights_key;
  // Applied to each key of a state dict in this order: a prefix and what replaces it.
  std::vector<std::pair<std::string, std::string>> key_renames;
  UnknownHooks unknown_hooks = UnknownHooks::kRefuse;
  // "auto" (the first accelerator, else cpu), "cpu", "cuda" (the first of them), "cuda:1"; or several, the first that is
  // there: "cuda:1,cpu".
  std::string device = "auto";
  LoadLimits limits;
  // Shared libraries whose classes (and formats and devices) are this model's alone, as EngineOptions::install_plugin
  // understands them.
  std::vector<std::string> plugins;
  // Where the registered ClassSource finds classes that are not registered: a folder or zip of Python files. Empty: only
  // registered classes. What merely lies beside a model is never read.
  std::string source;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODEL_SPEC_H_
