// A caller's hold on one version of a model.
#ifndef LOADSTONE_ENGINE_SERVABLE_HANDLE_H_
#define LOADSTONE_ENGINE_SERVABLE_HANDLE_H_

#include <memory>
#include <utility>

#include "engine/servable.h"

namespace loadstone {

// While it lives, that version stays loaded, whatever happens to the model or the engine meanwhile. Copies are cheap.
// Thread-safe as shared_ptr is: copy it for another thread, or let threads share one const handle.
//
//   absl::StatusOr<ServableHandle> model = engine->Acquire("ranker");
//   if (!model.ok()) return model.status();
//   absl::StatusOr<c10::IValue> scores = (*model)->Run({features});
class ServableHandle {
 public:
  explicit ServableHandle(std::shared_ptr<const Servable> servable) : servable_(std::move(servable)) {}
  const Servable* operator->() const { return servable_.get(); }
  const Servable& operator*() const { return *servable_; }

 private:
  std::shared_ptr<const Servable> servable_;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_SERVABLE_HANDLE_H_
