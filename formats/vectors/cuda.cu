#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>

#include "formats/vectors/cuda.hpp"
#include "formats/vectors/entries.cuh"
#include "formats/vectors/graph.cuh"

namespace steady::detail {

namespace {

// --- what is done with each entry ------------------------------------------------------------------------------------

struct Assign : Output {  // y = a x
  const double* x;
  __device__ double operator()(std::size_t i, double a, double) const { return a * x[i]; }
};
struct Fill : Output {  // y = a
  __device__ double operator()(std::size_t, double a, double) const { return a; }
};
struct Scale : Output {  // y = a y
  __device__ double operator()(std::size_t i, double a, double) const { return y[i] * a; }
};
struct Axpy : Output {  // y = a x + y
  const double* x;
  __device__ double operator()(std::size_t i, double a, double) const { return y[i] + a * x[i]; }
};
struct Axpby : Output {  // y = a x + b y
  const double* x;
  __device__ double operator()(std::size_t i, double a, double b) const { return a * x[i] + b * y[i]; }
};
struct MultiplyEntries : Output {  // y(i) = x(i) y(i)
  const double* x;
  __device__ double operator()(std::size_t i, double, double) const { return y[i] * x[i]; }
};
struct Raise : Output {  // y = max(y, 0)
  __device__ double operator()(std::size_t i, double, double) const { return y[i] < 0 ? 0 : y[i]; }
};

struct Gather : Output {  // y(p) = x(position(p))
  const std::uint32_t* position;
  const double* x;
  __device__ double operator()(std::size_t i, double, double) const { return x[position[i]]; }
};
struct Scatter {  // y(position(p)) = x(p)
  const std::uint32_t* position;
  const double* x;
  double* y;
  __device__ double operator()(std::size_t i, double, double) const { return x[i]; }
  __device__ double& place(std::size_t i) const { return y[position[i]]; }
};

// z = a x + b y + c z
__global__ void __launch_bounds__(block_threads) add_three(std::size_t size, Scalar first, const double* x,
                                                           Scalar second, const double* y, Scalar third, double* z) {
  const double a = first.get(), b = second.get(), c = third.get();
  for_own_entries(size, [&](std::size_t i, std::size_t step, auto count) {
    double value[count];
    for (unsigned k = 0; k < count; ++k) value[k] = a * x[i + k * step] + (b * y[i + k * step] + c * z[i + k * step]);
    for (unsigned k = 0; k < count; ++k) z[i + k * step] = value[k];
  });
}

// --- what is summed over all entries ---------------------------------------------------------------------------------

struct Entry {  // x . 1
  const double* x;
  __device__ double operator()(std::size_t i) const { return x[i]; }
};
struct Product {  // x . y
  const double* x;
  const double* y;
  __device__ double operator()(std::size_t i) const { return x[i] * y[i]; }
};
struct Negative {  // max(-x, 0) . 1
  const double* x;
  __device__ double operator()(std::size_t i) const { return x[i] < 0 ? -x[i] : 0; }
};

template <typename Term>
__global__ void __launch_bounds__(block_threads) sum_terms(std::size_t size, Term term, Slots slots) {
  double total[1] = {0};
  for_own_entries(size, [&](std::size_t i, std::size_t step, auto count) {
    double part[count];
    for (unsigned k = 0; k < count; ++k) part[k] = term(i + k * step);
    for (unsigned k = 0; k < count; ++k) total[0] += part[k];
  });
  sum_over_grid(slots, total);
}

template <typename Term>
CudaNumber sum_of(std::size_t size, const Term& term) {
  if (size == 0) return 0;
  const CudaNumber total = CudaNumber::awaited();
  queue(sum_terms<Term>, blocks_for(size), threads_for(size), 0, size, term, sums().slots_for({&total, 1}));
  return total;
}

struct Pair {
  double entry, other;
};
struct DotAndSquare {  // x . y and y . y
  const double* x;
  const double* y;
  __device__ Pair operator()(std::size_t i, double) const { return {y[i], x[i]}; }
  __device__ void keep(std::size_t, double) const {}
};
struct AxpyDotAndSquare {  // y = a x + y; y . z and y . y
  const double* x;
  double* y;
  const double* z;
  __device__ Pair operator()(std::size_t i, double a) const { return {y[i] + a * x[i], z[i]}; }
  __device__ void keep(std::size_t i, double entry) const { y[i] = entry; }
};

// entry . other and entry . entry
template <typename Action>
__global__ void __launch_bounds__(block_threads) sum_two(std::size_t size, Scalar scalar, Action action, Slots slots) {
  const double a = scalar.get();
  double total[2] = {0, 0};
  constexpr unsigned at_once = 2;  // more would take registers from other threads
  for_own_entries<at_once>(size, [&](std::size_t i, std::size_t step, auto count) {
    Pair pair[count];
    for (unsigned k = 0; k < count; ++k) pair[k] = action(i + k * step, a);
    for (unsigned k = 0; k < count; ++k) {
      action.keep(i + k * step, pair[k].entry);
      total[0] += pair[k].entry * pair[k].other;
      total[1] += pair[k].entry * pair[k].entry;
    }
  });
  sum_over_grid(slots, total);
}

template <typename Action>
std::pair<CudaNumber, CudaNumber> two_sums_of(std::size_t size, const Action& action, const CudaNumber& a = 0) {
  if (size == 0) return {0, 0};
  const CudaNumber total[2] = {CudaNumber::awaited(), CudaNumber::awaited()};
  const Slots slots = sums().slots_for(total);
  queue(sum_two<Action>, blocks_for(size), threads_for(size), 0, size, scalar(a), action, slots);
  return {total[0], total[1]};
}

// --- several vectors at once -----------------------------------------------------------------------------------------

struct Bundle {
  unsigned count;
  const double* v[most_totals];
  Scalar a[most_totals];
};

// Of v and a, what begins at `first`, as far as it goes.
Bundle bundle(std::span<const CudaVector> v, std::span<const CudaNumber> a, std::size_t first) {
  Bundle result{};
  for (std::size_t k = first; k < v.size() && result.count < most_totals; ++k, ++result.count) {
    result.v[result.count] = v[k].data();
    if (!a.empty()) result.a[result.count] = scalar(a[k]);
  }
  return result;
}

// h(k) = v(k) . w
__global__ void __launch_bounds__(block_threads)
    dot_bundle(std::size_t size, Bundle bundle, const double* w, Slots slots) {
  double total[most_totals] = {};
  for (std::size_t i = first_entry(); i < size; i += stride()) {
    const double entry = w[i];
    for (unsigned k = 0; k < most_totals; ++k)
      if (k < bundle.count) total[k] += bundle.v[k][i] * entry;
  }
  sum_over_grid(slots, total);
}

// w = w + sum over k of a(k) v(k); w . w
__global__ void __launch_bounds__(block_threads) add_bundle(std::size_t size, Bundle bundle, double* w, Slots slots) {
  double total[1] = {0}, a[most_totals];
  for (unsigned k = 0; k < most_totals; ++k) a[k] = k < bundle.count ? bundle.a[k].get() : 0;
  for (std::size_t i = first_entry(); i < size; i += stride()) {
    double entry = w[i];
    for (unsigned k = 0; k < most_totals; ++k)
      if (k < bundle.count) entry += a[k] * bundle.v[k][i];
    w[i] = entry;
    total[0] += entry * entry;
  }
  sum_over_grid(slots, total);
}

}  // namespace

// --- sums.cuh --------------------------------------------------------------------------------------------------------

GridSums::GridSums() : slot_(most_totals * most_blocks), finished_(std::vector<unsigned>{0}) {
  check(cudaMallocHost(&total_, most_totals * sizeof(double)));
}

Slots GridSums::slots() {
  Slots slots{slot_.data(), finished_.data(), {}};
  for (unsigned k = 0; k < most_totals; ++k) slots.total[k] = total_ + k;
  return slots;
}

Slots GridSums::slots_for(std::span<const CudaNumber> totals) {
  compute_pending();  // a number's slot may have been another's, which is still needed
  Slots slots{slot_.data(), finished_.data(), {}};
  for (std::size_t k = 0; k < totals.size(); ++k) slots.total[k] = totals[k].slot();
  return slots;
}

GridSums::~GridSums() { (void)cudaFreeHost(total_); }

const double* GridSums::wait() const {
  refuse_while_recording();
  check(cudaStreamSynchronize(own_stream()));
  return total_;
}

GridSums& sums() {
  thread_local GridSums own;
  return own;
}

// --- memory ----------------------------------------------------------------------------------------------------------

void* allocate_on_device(std::uint64_t bytes) {
  if (bytes == 0) return nullptr;
  refuse_while_recording();
  void* data = nullptr;
  const cudaError_t status = cudaMalloc(&data, bytes);
  if (status != cudaErrorMemoryAllocation) return check(status), data;
  (void)cudaGetLastError();
  std::size_t free_bytes = 0, total_bytes = 0;
  check(cudaMemGetInfo(&free_bytes, &total_bytes));
  throw NoRoom("the GPU has no room for an array of " + std::to_string(bytes) +
               " bytes: " + std::to_string(free_bytes) + " of its " + std::to_string(total_bytes) + " are free");
}

void release_on_device(void* data) noexcept {
  if (data) (void)cudaFree(data);  // else nothing is said to the driver, which may be recording a graph
}

namespace {

void copy_and_wait(const void* from, void* to, std::uint64_t bytes, cudaMemcpyKind kind) {
  refuse_while_recording();
  if (bytes == 0) return;
  check(cudaMemcpyAsync(to, from, bytes, kind, own_stream()));
  check(cudaStreamSynchronize(own_stream()));
}

}  // namespace

void copy_to_device(const void* from, void* to, std::uint64_t bytes) {
  copy_and_wait(from, to, bytes, cudaMemcpyHostToDevice);
}

void copy_from_device(const void* from, void* to, std::uint64_t bytes) {
  copy_and_wait(from, to, bytes, cudaMemcpyDeviceToHost);
}

// --- the operations --------------------------------------------------------------------------------------------------

CudaVector::CudaVector(std::size_t size) : entries_(size) {
  if (size > 0) check(cudaMemsetAsync(data(), 0, size * sizeof(double), own_stream()));
}

std::vector<double> download(const CudaVector& x) {
  std::vector<double> entries(x.size());
  copy_from_device(x.data(), entries.data(), x.size() * sizeof(double));
  return entries;
}

void upload(const std::vector<double>& entries, CudaVector& x) {
  if (x.size() != entries.size())
    x = CudaVector(entries);
  else
    copy_to_device(entries.data(), x.data(), x.size() * sizeof(double));
}

void copy(const CudaVector& x, CudaVector& y) {
  if (x.size() == 0) return;
  check(cudaMemcpyAsync(y.data(), x.data(), x.size() * sizeof(double), cudaMemcpyDeviceToDevice, current_stream()));
}

void assign(const CudaNumber& a, const CudaVector& x, CudaVector& y) {
  launch_for_each(x.size(), Assign{{y.data()}, x.data()}, a);
}

void fill(const CudaNumber& a, CudaVector& x) { launch_for_each(x.size(), Fill{{x.data()}}, a); }

void scale(const CudaNumber& a, CudaVector& x) { launch_for_each(x.size(), Scale{{x.data()}}, a); }

void axpy(const CudaNumber& a, const CudaVector& x, CudaVector& y) {
  launch_for_each(x.size(), Axpy{{y.data()}, x.data()}, a);
}

void axpby(const CudaNumber& a, const CudaVector& x, const CudaNumber& b, CudaVector& y) {
  launch_for_each(x.size(), Axpby{{y.data()}, x.data()}, a, b);
}

void axpbypcz(const CudaNumber& a, const CudaVector& x, const CudaNumber& b, const CudaVector& y, const CudaNumber& c,
              CudaVector& z) {
  compute_pending();
  queue(add_three, blocks_for_each(x.size()), threads_for(x.size()), 0, x.size(), scalar(a), x.data(), scalar(b),
        y.data(), scalar(c), z.data());
}

void multiply_entries(const CudaVector& x, CudaVector& y) {
  launch_for_each(x.size(), MultiplyEntries{{y.data()}, x.data()});
}

CudaNumber sum(const CudaVector& x) { return sum_of(x.size(), Entry{x.data()}); }

CudaNumber dot(const CudaVector& x, const CudaVector& y) { return sum_of(x.size(), Product{x.data(), y.data()}); }

CudaNumber norm2(const CudaVector& x) { return sqrt(dot(x, x)); }

std::pair<CudaNumber, CudaNumber> dot_and_square(const CudaVector& x, const CudaVector& y) {
  return two_sums_of(x.size(), DotAndSquare{x.data(), y.data()});
}

std::pair<CudaNumber, CudaNumber> axpy_dot_and_square(const CudaNumber& a, const CudaVector& x, CudaVector& y,
                                                      const CudaVector& z) {
  return two_sums_of(x.size(), AxpyDotAndSquare{x.data(), y.data(), z.data()}, a);
}

double raise_negatives(CudaVector& x) {
  const double cut = value(sum_of(x.size(), Negative{x.data()}));
  if (cut > 0) launch_for_each(x.size(), Raise{{x.data()}});
  return cut;
}

void dots(std::span<const CudaVector> v, const CudaVector& w, std::span<CudaNumber> h) {
  std::fill(h.begin(), h.end(), 0.0);
  if (w.size() == 0) return;
  for (CudaNumber& product : h) product = CudaNumber::awaited();
  for (std::size_t first = 0; first < v.size(); first += most_totals) {
    const Bundle part = bundle(v, {}, first);
    queue(dot_bundle, blocks_for(w.size()), threads_for(w.size()), 0, w.size(), part, w.data(),
          sums().slots_for(h.subspan(first, part.count)));
  }
}

CudaNumber add_combination(std::span<const CudaNumber> a, std::span<const CudaVector> v, CudaVector& w) {
  if (w.size() == 0) return 0;
  if (v.empty()) return norm2(w);
  const CudaNumber squares = CudaNumber::awaited();
  for (std::size_t first = 0; first < v.size(); first += most_totals)
    queue(add_bundle, blocks_for(w.size()), threads_for(w.size()), 0, w.size(), bundle(v, a, first), w.data(),
          sums().slots_for({&squares, 1}));
  return sqrt(squares);
}

void gather(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y) {
  launch_for_each(x.size(), Gather{{y.data()}, position.data(), x.data()});
}

void scatter(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y) {
  launch_for_each(x.size(), Scatter{position.data(), x.data(), y.data()});
}

}  // namespace steady::detail
