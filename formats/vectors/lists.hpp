// Lists of numbers on a device and the operations that add up over them: what multilevel methods need beside the
// vectors' own. On a GPU: cuda_lists.hpp.
//
// A list is added up by one thread in its own order: the same bits for any number of threads, and on a GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/vectors/host.hpp"

namespace steady::detail {

template <class Vector, class T>
using Array = typename Vector::template Array<T>;

// List g: entry[start[g]] .. entry[start[g + 1] - 1]. The row of a matrix, the states of an aggregate.
template <class Vector>
struct Lists {
  Array<Vector, std::uint64_t> start;
  Array<Vector, std::uint32_t> entry;

  std::size_t size() const { return start.size() == 0 ? 0 : start.size() - 1; }
};

// A chain's rates as a method changes them: row i has the rates into state i, without the diagonal.
template <class Vector>
struct Flows {
  const Lists<Vector>& source;
  const Vector& rate;  // one for each entry of `source`
  const Vector& exit;  // positive
};

// What multilevel methods need beside VectorBackend.
template <class V>
concept ListOperations = requires(const Lists<V>& lists, const Flows<V>& flows, const Array<V, std::uint32_t>& of,
                                  const V& x, V& y) {
  restrict_sum(lists, x, y);
  restrict_sum(lists, x, x, y);
  restrict_sum(lists, flows, x, y);
  jacobi_step(flows, 1.0, &x, x, y);
  find_residual(flows, x, x, y);
  multiply_spread(of, x, y);
  prolong_add(of, x, x, y);
  raise_to(0.0, y);
  to_the_power(1.0, y);
};

// y(g) = sum of x(i), i in list g
void restrict_sum(const Lists<HostVector>& lists, const HostVector& x, HostVector& y);
// y(g) = sum of a(p) x(i), i = lists.entry[p] in list g
void restrict_sum(const Lists<HostVector>& lists, const HostVector& a, const HostVector& x, HostVector& y);
// y(g) = sum of the flows rate(p) x(source(p)), p in list g
void restrict_sum(const Lists<HostVector>& lists, const Flows<HostVector>& flows, const HostVector& x, HostVector& y);

// y = x + w (b + x Q) D^-1, a Jacobi step; b: null for 0.
void jacobi_step(const Flows<HostVector>& flows, double w, const HostVector* b, const HostVector& x, HostVector& y);
// r = b + x Q
void find_residual(const Flows<HostVector>& flows, const HostVector& b, const HostVector& x, HostVector& r);

void multiply_spread(const std::vector<std::uint32_t>& of, const HostVector& f, HostVector& x);  // x(i) *= f(of(i))
void prolong_add(const std::vector<std::uint32_t>& of, const HostVector& a, const HostVector& f,
                 HostVector& x);                    // x(i) += a(i) f(of(i))
void raise_to(double least, HostVector& x);         // x(i) = max(x(i), least)
void to_the_power(double exponent, HostVector& x);  // x(i) = x(i)^exponent

static_assert(ListOperations<HostVector>);

}  // namespace steady::detail
