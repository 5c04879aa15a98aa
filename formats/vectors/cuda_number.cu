#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>

#include "formats/vectors/cuda_array.hpp"
#include "formats/vectors/graph.cuh"
#include "formats/vectors/launch.hpp"
#include "formats/vectors/numbers.cuh"

namespace steady::detail {

namespace {

enum class Operation { copy, add, subtract, multiply, divide, ratio, max, sqrt, abs };

__host__ __device__ double result(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::copy:
      return a;
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    case Operation::ratio:
      return b == 0 ? 0 : a / b;
    case Operation::max:
      return a < b ? b : a;
    case Operation::sqrt:
      return ::sqrt(a);
    case Operation::abs:
      return ::fabs(a);
  }
  return 0;
}

struct Step {
  Operation operation;
  Scalar a, b;
  double* to;
};

// As long as a kernel's arguments may be, 4 kB.
struct Program {
  static constexpr unsigned most = 72;

  unsigned count = 0;
  Step step[most];
};

__global__ void compute(const __grid_constant__ Program program) {
  for (unsigned k = 0; k < program.count; ++k) {
    const Step& step = program.step[k];
    *step.to = result(step.operation, step.a.get(), step.b.get());
  }
}

// The slots of a thread's numbers, and the list.
class Numbers {
 public:
  Numbers() { check(cudaMallocHost(&seen_, Program::most * sizeof(double))); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;
  ~Numbers() { (void)cudaFreeHost(seen_); }

  double* take() {
    if (free_.empty()) make_slots();
    double* const slot = free_.back();
    free_.pop_back();
    return slot;
  }

  // What is queued or on the list still uses it first: whoever takes it next comes later in the one stream.
  void give_back(double* slot) { free_.push_back(slot); }

  // To take slots while a graph is recorded, and to keep them.
  void begin_to_keep(std::vector<CudaNumber>& kept) {
    compute_all();
    if (free_.size() < at_once / 2) make_slots();
    kept_ = &kept;
  }
  void keep(const CudaNumber& number) {
    if (kept_) kept_->push_back(number);
  }
  void end_to_keep() {
    pending_.count = 0;
    kept_ = nullptr;
  }

  void add(const Step& step) {
    pending_.step[pending_.count++] = step;
    if (pending_.count == Program::most) compute_all();
  }

  void compute_all() {
    if (pending_.count == 0) return;
    queue(compute, 1, 1, 0, pending_);
    pending_.count = 0;
  }

  // At most Program::most.
  const double* wait_for(std::span<const CudaNumber> numbers) {
    refuse_while_recording();
    for (std::size_t k = 0; k < numbers.size(); ++k) add({Operation::copy, scalar(numbers[k]), {}, seen_ + k});
    compute_all();
    check(cudaStreamSynchronize(own_stream()));
    return seen_;
  }

 private:
  static constexpr std::size_t at_once = 1024;

  void make_slots() {
    double* const first = slots_.emplace_back(at_once).data();
    for (std::size_t k = at_once; k-- > 0;) free_.push_back(first + k);
  }

  std::vector<CudaArray<double>> slots_;
  std::vector<double*> free_;
  std::vector<CudaNumber>* kept_ = nullptr;  // while a graph is recorded
  Program pending_{};
  double* seen_ = nullptr;  // where host and device both see it
};

Numbers& numbers() {
  thread_local Numbers own;
  return own;
}

CudaNumber computed(Operation operation, const CudaNumber& a, const CudaNumber& b = 0) {
  if (!a.slot() && !b.slot()) return result(operation, a.known(), b.known());
  CudaNumber number = CudaNumber::awaited();
  numbers().add({operation, scalar(a), scalar(b), number.slot()});
  return number;
}

}  // namespace

void compute_pending() { numbers().compute_all(); }

void put(const CudaNumber& x, const CudaNumber& to) { numbers().add({Operation::copy, scalar(x), {}, to.slot()}); }

KeptSlots::KeptSlots(std::vector<CudaNumber>& kept) { numbers().begin_to_keep(kept); }

KeptSlots::~KeptSlots() { numbers().end_to_keep(); }

CudaNumber CudaNumber::awaited() {
  CudaNumber number{1, std::shared_ptr<double>(numbers().take(), [](double* slot) { numbers().give_back(slot); })};
  numbers().keep(number);
  return number;
}

CudaNumber operator+(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::add, a, b); }
CudaNumber operator-(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::subtract, a, b); }
CudaNumber operator*(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::multiply, a, b); }
CudaNumber operator/(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::divide, a, b); }
CudaNumber ratio(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::ratio, a, b); }
CudaNumber max(const CudaNumber& a, const CudaNumber& b) { return computed(Operation::max, a, b); }
CudaNumber sqrt(const CudaNumber& a) { return computed(Operation::sqrt, a); }
CudaNumber abs(const CudaNumber& a) { return computed(Operation::abs, a); }

double value(const CudaNumber& x) { return x.slot() ? *numbers().wait_for({&x, 1}) : x.known(); }

std::vector<double> values(std::span<const CudaNumber> x) {
  std::vector<double> seen;
  for (std::size_t first = 0; first < x.size(); first += Program::most) {
    const auto part = x.subspan(first, std::min<std::size_t>(Program::most, x.size() - first));
    const double* const found = numbers().wait_for(part);
    seen.insert(seen.end(), found, found + part.size());
  }
  return seen;
}

LaggedReadback<CudaNumber>::LaggedReadback() {
  check(cudaMallocHost(&seen_, 4 * sizeof(double)));
  for (CUevent_st*& done : done_) check(cudaEventCreateWithFlags(&done, cudaEventDisableTiming));
}

LaggedReadback<CudaNumber>::~LaggedReadback() {
  for (CUevent_st* const done : done_) (void)cudaEventDestroy(done);
  (void)cudaFreeHost(seen_);
}

std::pair<double, double> LaggedReadback<CudaNumber>::operator()(const CudaNumber& first, const CudaNumber& second) {
  refuse_while_recording();
  const std::size_t now = looks_ % 2, before = 1 - now;
  numbers().add({Operation::copy, scalar(first), {}, seen_ + 2 * now});
  numbers().add({Operation::copy, scalar(second), {}, seen_ + 2 * now + 1});
  compute_pending();
  check(cudaEventRecord(done_[now], own_stream()));
  if (looks_++ == 0) return before_;
  check(cudaEventSynchronize(done_[before]));
  return {seen_[2 * before], seen_[2 * before + 1]};
}

}  // namespace steady::detail
