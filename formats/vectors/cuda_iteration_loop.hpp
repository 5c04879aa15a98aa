// iteration_loop.hpp on a CUDA device. No CUDA header is needed here.
//
// The first iteration with vectors in new places is queued as it is, so that what is made at the first use is there;
// then the iterations are recorded. Where the driver has no graphs that loop, a graph of one iteration is launched so
// often; where it has none at all, or an iteration cannot be recorded, all is queued as it is. The bits are the same in
// each case, and so is the number of iterations: whether to go on is seen an iteration late also by the device.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>

#include "formats/vectors/cuda_number.hpp"
#include "formats/vectors/iteration_loop.hpp"

namespace steady::detail {

class CudaVector;

template <>
class IterationLoop<CudaVector> {
 public:
  static constexpr std::size_t wanted = 2;  // RangeChecks of an iteration
  using Wanted = std::array<RangeCheck<CudaNumber>, wanted>;
  using GoOn = std::function<bool(std::size_t)>;

  explicit IterationLoop(bool records = true);
  IterationLoop(const IterationLoop&) = delete;
  IterationLoop& operator=(const IterationLoop&) = delete;
  ~IterationLoop();

  std::size_t operator()(std::size_t times, std::initializer_list<const void*> places,
                         const std::function<void()>& iterate, const GoOn& go_on);

  // Waits at the end.
  Iterations run_while(std::size_t times, std::initializer_list<CudaNumber*> carried,
                       const std::function<Wanted()>& iterate, const GoOn& go_on);

  // Whether the iterations were recorded as a graph that loops on the device. For tests.
  bool loops() const;

 private:
  class Recordings;
  std::unique_ptr<Recordings> recordings_;
};

}  // namespace steady::detail
