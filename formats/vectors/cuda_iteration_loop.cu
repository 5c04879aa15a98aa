#include <cuda_runtime.h>

#include <algorithm>
#include <vector>

#include "formats/vectors/cuda.hpp"
#include "formats/vectors/graph.cuh"
#include "formats/vectors/launch.hpp"
#include "formats/vectors/numbers.cuh"

namespace steady::detail {

namespace {

using Wanted = IterationLoop<CudaVector>::Wanted;

struct Bounds {
  Scalar low, x, high;
};

struct AllBounds {
  unsigned count;  // 0: nothing is asked for
  Bounds bounds[IterationLoop<CudaVector>::wanted];
};

// Where a run stands, on the device.
struct Place {
  unsigned* left;  // iterations
  double* done;
  double* sound;  // not 0: what the last iteration asked for held
};

__global__ void begin_run(Place place, unsigned times) {
  *place.left = times;
  *place.done = 0;
  *place.sound = 1;
}

// `loops`: whether `again` is that of the graph that this iteration is part of.
__global__ void end_iteration(Place place, const __grid_constant__ AllBounds all, bool loops,
                              cudaGraphConditionalHandle again) {
  const bool was_sound = *place.sound != 0;
  bool sound = true;
  for (unsigned k = 0; k < all.count; ++k) {
    const Bounds& bounds = all.bounds[k];
    const double size = fabs(bounds.x.get());
    sound = sound && bounds.low.get() < size && size < bounds.high.get();
  }
  *place.sound = sound ? 1 : 0;
  *place.done += 1;
  *place.left -= 1;
  if (loops) cudaGraphSetConditional(again, *place.left > 0 && was_sound ? 1 : 0);
}

}  // namespace

class IterationLoop<CudaVector>::Recordings {
 public:
  explicit Recordings(bool records) : records_(records) {}

  // `looks`: whether what iterate() returns is asked for.
  Iterations run(std::size_t times, std::initializer_list<const void*> places, std::span<CudaNumber* const> carried,
                 const std::function<Wanted()>& iterate, bool looks, const GoOn& go_on) {
    while (times > 0 && !go_on(times - 1)) --times;
    if (times == 0) return {};
    while (homes_.size() < carried.size()) homes_.push_back(CudaNumber::awaited());
    bring_home(carried);
    compute_pending();
    queue(begin_run, 1, 1, 0, place(), static_cast<unsigned>(times));

    const Run run{carried, iterate, looks};
    readback_.begin(1, 0);
    bool sound = true;  // as last seen
    const auto look = [&] { sound = !looks || readback_(sound_, done_).first != 0; };
    std::size_t queued = 0;
    const Recording* recording = find(places);
    if (!recording) {
      queue_iteration(run, false, {});
      look();
      if (++queued < times && records_) recording = record(run, places);
    }
    for (; sound && queued < times; ++queued) {
      if (recording && !recording->graph.launch()) {
        recording = nullptr;
        give_up();
      }
      if (recording && recording->loops) break;  // the device does the rest
      if (!recording) queue_iteration(run, false, {});
      look();
    }
    if (!looks) return {times, true};
    const CudaNumber seen[] = {done_, sound_};
    const std::vector<double> found = values(seen);
    return {static_cast<std::size_t>(found[0]), found[1] != 0};
  }

  bool loops() const { return !recordings_.empty() && recordings_.back().loops; }

 private:
  struct Run {
    std::span<CudaNumber* const> carried;
    const std::function<Wanted()>& iterate;
    bool looks;
  };

  struct Recording {
    std::vector<const void*> places;
    std::vector<CudaNumber> kept;
    Graph graph;
    bool loops;
  };

  Place place() { return {left_.data(), done_.slot(), sound_.slot()}; }

  bool is_home(const CudaNumber& x) const {
    return std::any_of(homes_.begin(), homes_.end(), [&](const auto& home) { return home.slot() == x.slot(); });
  }

  // Another number of that value, if this one's slot is about to change.
  CudaNumber away_from_home(const CudaNumber& x) const { return x.slot() && is_home(x) ? x * 1 : x; }

  // An iteration finds what it carries in the same slots each time, and leaves it there.
  void bring_home(std::span<CudaNumber* const> carried) const {
    for (std::size_t k = 0; k < carried.size(); ++k)
      if (carried[k]->slot() != homes_[k].slot() || carried[k]->known() != 1) *carried[k] = away_from_home(*carried[k]);
    for (std::size_t k = 0; k < carried.size(); ++k) {
      if (carried[k]->slot() != homes_[k].slot()) put(*carried[k], homes_[k]);
      *carried[k] = homes_[k];
    }
  }

  void queue_iteration(const Run& run, bool loops, cudaGraphConditionalHandle again) {
    const Wanted wanted = run.iterate();
    AllBounds all{};
    std::vector<CudaNumber> asked;  // held until all is queued
    for (const auto& [low, x, high] : wanted) {
      if (!run.looks) break;
      for (const CudaNumber& number : {low, x, high}) asked.push_back(away_from_home(number));
      const auto last = asked.end();
      all.bounds[all.count++] = {scalar(last[-3]), scalar(last[-2]), scalar(last[-1])};
    }
    bring_home(run.carried);
    compute_pending();
    queue(end_iteration, 1, 1, 0, place(), all, loops, again);
  }

  const Recording* find(std::initializer_list<const void*> places) const {
    for (const Recording& recording : recordings_)
      if (std::equal(places.begin(), places.end(), recording.places.begin(), recording.places.end())) return &recording;
    return nullptr;
  }

  // Null where it cannot be done.
  const Recording* record(const Run& run, std::initializer_list<const void*> places) {
    std::vector<CudaNumber> kept;
    const auto attempt = [&](bool loops) {
      const KeptSlots keeping(kept);
      std::optional<Graph> graph =
          loops ? Graph::record_loop([&](cudaGraphConditionalHandle again) { queue_iteration(run, true, again); })
                : Graph::record([&] { queue_iteration(run, false, {}); });
      for (std::size_t k = 0; k < run.carried.size(); ++k) *run.carried[k] = homes_[k];
      return graph;
    };
    std::optional<Graph> graph;
    if (loops_) graph = attempt(true);
    if (!graph) {
      loops_ = false;
      graph = attempt(false);
    }
    if (!graph) return give_up(), nullptr;
    return &recordings_.emplace_back(Recording{places, std::move(kept), *std::move(graph), loops_});
  }

  void give_up() {
    records_ = false;
    recordings_.clear();
  }

  bool records_, loops_ = true;  // until it turns out that it cannot
  CudaArray<unsigned> left_{1};
  CudaNumber done_ = CudaNumber::awaited(), sound_ = CudaNumber::awaited();
  std::vector<CudaNumber> homes_;  // of what is carried
  LaggedReadback<CudaNumber> readback_;
  std::vector<Recording> recordings_;
};

IterationLoop<CudaVector>::IterationLoop(bool records) : recordings_(std::make_unique<Recordings>(records)) {}

IterationLoop<CudaVector>::~IterationLoop() = default;

bool IterationLoop<CudaVector>::loops() const { return recordings_->loops(); }

std::size_t IterationLoop<CudaVector>::operator()(std::size_t times, std::initializer_list<const void*> places,
                                                  const std::function<void()>& iterate, const GoOn& go_on) {
  const auto asks_for_nothing = [&] { return iterate(), Wanted{}; };
  return recordings_->run(times, places, {}, asks_for_nothing, false, go_on).done;
}

Iterations IterationLoop<CudaVector>::run_while(std::size_t times, std::initializer_list<CudaNumber*> carried,
                                                const std::function<Wanted()>& iterate, const GoOn& go_on) {
  return recordings_->run(times, {}, {carried.begin(), carried.size()}, iterate, true, go_on);
}

}  // namespace steady::detail
