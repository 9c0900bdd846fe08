#include "tools/commands/bench_command.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <CLI/CLI.hpp>
#include <c10/util/Exception.h>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"
#include "tools/commands/model_flags.h"
#include "tools/tensor_io/value_file.h"

namespace loadstone {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMaxSeconds = 3600;
constexpr int kMaxCallers = 256;
constexpr int64_t kMaxBatch = 1'000'000;
constexpr size_t kMaxSamples = 20'000'000;  // of one caller, so that memory stays bounded

struct BenchFlags {
  ModelFlags model;
  std::vector<std::string> inputs;
  int64_t batch = 1;
  double seconds = 3;
  int callers = 1;
};

// What all callers measured together.
class Samples {
 public:
  void Add(const std::vector<absl::Duration>& latencies, const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    latencies_.insert(latencies_.end(), latencies.begin(), latencies.end());
    status_.Update(status);
  }
  // REQUIRES: every caller is done.
  absl::StatusOr<std::vector<absl::Duration>> Sorted() {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(status_);
    std::sort(latencies_.begin(), latencies_.end());
    return std::move(latencies_);
  }

 private:
  absl::Mutex mutex_;
  std::vector<absl::Duration> latencies_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

c10::IValue Repeat(const c10::IValue& value, int64_t times) {
  if (!value.isTensor() || value.toTensor().dim() == 0) return value;
  std::vector<int64_t> repeats(static_cast<size_t>(value.toTensor().dim()), 1);
  repeats[0] = times;
  return value.toTensor().repeat(repeats);
}

absl::StatusOr<Inputs> Batched(Inputs inputs, int64_t batch) {
  try {
    for (c10::IValue& input : inputs.args) input = Repeat(input, batch);
    for (Named<c10::IValue>& input : inputs.kwargs) input.value = Repeat(input.value, batch);
  } catch (const c10::Error& error) {
    return absl::ResourceExhaustedError(absl::StrCat("--batch ", batch, ": ", error.what_without_backtrace()));
  }
  return inputs;
}

// The size of the first tensor's first dimension, or 0.
int64_t Rows(const Inputs& inputs) {
  const auto rows = [](const c10::IValue& value) -> int64_t {
    return value.isTensor() && value.toTensor().dim() > 0 ? value.toTensor().size(0) : 0;
  };
  for (const c10::IValue& input : inputs.args) {
    if (rows(input) > 0) return rows(input);
  }
  for (const Named<c10::IValue>& input : inputs.kwargs) {
    if (rows(input.value) > 0) return rows(input.value);
  }
  return 0;
}

// One caller: calls until `deadline`, at least once.
void CallUntil(Clock::time_point deadline, const Servable& model, const Inputs& inputs, Samples& samples) {
  std::vector<absl::Duration> latencies;
  absl::Status status;
  try {
    while (status.ok() && latencies.size() < kMaxSamples) {
      const Clock::time_point begin = Clock::now();
      status = model.Run(inputs).status();
      const Clock::time_point end = Clock::now();
      if (status.ok()) latencies.push_back(absl::FromChrono(end - begin));
      if (end >= deadline) break;
    }
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError("no memory for the measurements");
  }
  samples.Add(latencies, status);
}

absl::Status StartCallers(const BenchFlags& flags, const Servable& model, const Inputs& inputs, Samples& samples) {
  const Clock::time_point deadline = Clock::now() + absl::ToChronoNanoseconds(absl::Seconds(flags.seconds));
  std::vector<std::jthread> callers;  // joins when it goes
  try {
    for (int i = 0; i < flags.callers; ++i) {
      callers.emplace_back([&, deadline] { CallUntil(deadline, model, inputs, samples); });
    }
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot start ", flags.callers, " callers: ", error.what()));
  }
  return absl::OkStatus();
}

std::string Milliseconds(absl::Duration duration) {
  return absl::StrFormat("%.3f ms", absl::ToDoubleMilliseconds(duration));
}

// REQUIRES: not empty, sorted. The nearest rank.
absl::Duration Percentile(const std::vector<absl::Duration>& sorted, double percent) {
  const auto rank = static_cast<size_t>(percent / 100 * static_cast<double>(sorted.size()));
  return sorted[std::min(rank, sorted.size() - 1)];
}

absl::Status Bench(const BenchFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(Inputs unbatched, ReadInputFiles(flags.inputs));
  ASSIGN_OR_RETURN(const Inputs inputs, Batched(std::move(unbatched), flags.batch));
  const Clock::time_point start = Clock::now();
  ASSIGN_OR_RETURN(const ServableHandle model, AcquireModel(flags.model, context));
  const Clock::time_point loaded = Clock::now();
  RETURN_IF_ERROR(model->Run(inputs).status());
  const Clock::time_point first = Clock::now();

  Samples samples;
  RETURN_IF_ERROR(StartCallers(flags, *model, inputs, samples));
  const double elapsed = absl::ToDoubleSeconds(absl::FromChrono(Clock::now() - first));
  ASSIGN_OR_RETURN(const std::vector<absl::Duration> latencies, samples.Sorted());

  const auto calls = static_cast<double>(latencies.size());
  absl::StrAppend(&context.output, "load             ", Milliseconds(absl::FromChrono(loaded - start)), "\n");
  absl::StrAppend(&context.output, "first inference  ", Milliseconds(absl::FromChrono(first - loaded)), "\n");
  absl::StrAppend(&context.output, "then ", latencies.size(), " calls in ", absl::StrFormat("%.2f s", elapsed),
                  ", callers ", flags.callers, ", threads ", at::get_num_threads(), ", device ", model->device().name(),
                  "\n");
  absl::StrAppend(&context.output, "latency          p50 ", Milliseconds(Percentile(latencies, 50)), "  p90 ",
                  Milliseconds(Percentile(latencies, 90)), "  p99 ", Milliseconds(Percentile(latencies, 99)), "  max ",
                  Milliseconds(latencies.back()), "\n");
  absl::StrAppendFormat(&context.output, "throughput       %.1f calls/s", calls / elapsed);
  if (const int64_t rows = Rows(inputs); rows > 0) {
    absl::StrAppendFormat(&context.output, ", %.1f rows/s (%d in each call)",
                          calls * static_cast<double>(rows) / elapsed, rows);
  }
  absl::StrAppend(&context.output, "\n");
  return absl::OkStatus();
}

}  // namespace

void AddBenchCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = app.add_subcommand("bench", "measure load time, latency and throughput");
  AddModelFlags(*command, flags->model);
  AddInputFlag(*command, flags->inputs);
  command->add_option("--batch", flags->batch, "repeat each input so many times along its first dimension")
      ->check(CLI::Range(int64_t{1}, kMaxBatch))
      ->capture_default_str();
  command->add_option("--seconds", flags->seconds, "how long to measure")
      ->check(CLI::Range(0.0, kMaxSeconds))
      ->capture_default_str();
  command->add_option("--callers", flags->callers, "threads that call the model at once")
      ->check(CLI::Range(1, kMaxCallers))
      ->capture_default_str();
  command->callback([command, flags, &chosen] {
    CheckModelFlags(*command, flags->model);
    chosen = [flags](CommandContext& context) { return Bench(*flags, context); };
  });
}

}  // namespace loadstone
