#include <cuda_runtime.h>

#include "formats/vectors/cuda_lists.hpp"
#include "formats/vectors/entries.cuh"

namespace steady::detail {
namespace {

constexpr std::size_t most_list_blocks = 1 << 20;  // lists differ in length: many blocks even that out

// --- what is added up over a list, by the place p in all lists -------------------------------------------------------

struct Entry {  // x(i), i = entry(p)
  const std::uint32_t* entry;
  const double* x;
  __device__ double operator()(std::uint64_t p) const { return x[entry[p]]; }
};
struct Product {  // a(p) x(i), i = entry(p)
  const std::uint32_t* entry;
  const double* a;
  const double* x;
  __device__ double operator()(std::uint64_t p) const { return a[p] * x[entry[p]]; }
};
struct Flow {  // rate(k) x(source(k)), k = entry(p)
  const std::uint32_t* entry;
  const double* rate;
  const std::uint32_t* source;
  const double* x;
  __device__ double operator()(std::uint64_t p) const {
    const std::uint32_t k = entry[p];
    return rate[k] * x[source[k]];
  }
};

// --- what is done with the sum: the same expressions as on the host, hence the same bits -----------------------------

struct Store {  // y(g) = sum over list g
  double* y;
  __device__ void operator()(std::size_t g, double total) const { y[g] = total; }
};
struct JacobiStep {  // y = x + w (b + x Q) D^-1 = (1 - w) x + w (b + x R) D^-1
  double w;
  const double* exit;
  const double* b;
  const double* x;
  double* y;
  __device__ void operator()(std::size_t i, double total) const {
    y[i] = (1 - w) * x[i] + w * ((b ? b[i] : 0) + total) / exit[i];
  }
};
struct Rest {  // r = b + x Q = b + x R - x D
  const double* exit;
  const double* b;
  const double* x;
  double* r;
  __device__ void operator()(std::size_t i, double total) const { r[i] = b[i] + (total - x[i] * exit[i]); }
};

// finish(g, sum over p in list g of term(p))
template <class Term, class Finish>
__global__ void __launch_bounds__(block_threads)
    add_up_lists(std::size_t lists, const std::uint64_t* start, Term term, Finish finish) {
  for (std::size_t g = first_entry(); g < lists; g += stride()) {
    double total = 0;
    for (std::uint64_t p = start[g]; p < start[g + 1]; ++p) total += term(p);
    finish(g, total);
  }
}

// --- what is done with each entry ------------------------------------------------------------------------------------

struct MultiplySpread : Output {  // y(i) = y(i) f(of(i))
  const std::uint32_t* of;
  const double* f;
  __device__ double operator()(std::size_t i, double, double) const { return y[i] * f[of[i]]; }
};
struct AddSpread : Output {  // y(i) = y(i) + a(i) f(of(i))
  const std::uint32_t* of;
  const double* a;
  const double* f;
  __device__ double operator()(std::size_t i, double, double) const { return y[i] + a[i] * f[of[i]]; }
};
struct RaiseTo : Output {  // y = max(y, least)
  __device__ double operator()(std::size_t i, double least, double) const { return y[i] < least ? least : y[i]; }
};
struct Power : Output {  // y(i) = y(i)^exponent
  __device__ double operator()(std::size_t i, double exponent, double) const { return pow(y[i], exponent); }
};

// ---------------------------------------------------------------------------------------------------------------------

template <class Term, class Finish>
void launch_lists(const Lists<CudaVector>& lists, const Term& term, const Finish& finish) {
  queue(add_up_lists<Term, Finish>, blocks_for(lists.size(), most_list_blocks), block_threads, 0, lists.size(),
        lists.start.data(), term, finish);
}

Product product(const Flows<CudaVector>& flows, const CudaVector& x) {
  return {flows.source.entry.data(), flows.rate.data(), x.data()};
}

}  // namespace

void restrict_sum(const Lists<CudaVector>& lists, const CudaVector& x, CudaVector& y) {
  launch_lists(lists, Entry{lists.entry.data(), x.data()}, Store{y.data()});
}

void restrict_sum(const Lists<CudaVector>& lists, const CudaVector& a, const CudaVector& x, CudaVector& y) {
  launch_lists(lists, Product{lists.entry.data(), a.data(), x.data()}, Store{y.data()});
}

void restrict_sum(const Lists<CudaVector>& lists, const Flows<CudaVector>& flows, const CudaVector& x, CudaVector& y) {
  launch_lists(lists, Flow{lists.entry.data(), flows.rate.data(), flows.source.entry.data(), x.data()},
               Store{y.data()});
}

void jacobi_step(const Flows<CudaVector>& flows, double w, const CudaVector* b, const CudaVector& x, CudaVector& y) {
  launch_lists(flows.source, product(flows, x),
               JacobiStep{w, flows.exit.data(), b ? b->data() : nullptr, x.data(), y.data()});
}

void find_residual(const Flows<CudaVector>& flows, const CudaVector& b, const CudaVector& x, CudaVector& r) {
  launch_lists(flows.source, product(flows, x), Rest{flows.exit.data(), b.data(), x.data(), r.data()});
}

void multiply_spread(const CudaArray<std::uint32_t>& of, const CudaVector& f, CudaVector& x) {
  launch_for_each(x.size(), MultiplySpread{{x.data()}, of.data(), f.data()});
}

void prolong_add(const CudaArray<std::uint32_t>& of, const CudaVector& a, const CudaVector& f, CudaVector& x) {
  launch_for_each(x.size(), AddSpread{{x.data()}, of.data(), a.data(), f.data()});
}

void raise_to(double least, CudaVector& x) { launch_for_each(x.size(), RaiseTo{{x.data()}}, least); }

void to_the_power(double exponent, CudaVector& x) { launch_for_each(x.size(), Power{{x.data()}}, exponent); }

}  // namespace steady::detail
