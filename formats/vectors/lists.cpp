#include "formats/vectors/lists.hpp"

#include <algorithm>
#include <cmath>

#include "formats/base/parallel.hpp"

namespace steady::detail {
namespace {

constexpr std::size_t few = 2000;  // lists that are not worth waking threads up

// y(g) = finish(g, sum over p in list g of term(p)).
template <class Term, class Finish>
void for_lists(const Lists<HostVector>& lists, Term term, Finish finish, HostVector& y) {
  share_out(lists.size(), lists.size() > few, [&](std::size_t g) {
    double total = 0;
    for (std::uint64_t p = lists.start[g]; p < lists.start[g + 1]; ++p) total += term(p);
    y[g] = finish(g, total);
  });
}

constexpr auto as_it_is = [](std::size_t, double total) { return total; };

}  // namespace

void restrict_sum(const Lists<HostVector>& lists, const HostVector& x, HostVector& y) {
  for_lists(
      lists, [&](std::uint64_t p) { return x[lists.entry[p]]; }, as_it_is, y);
}

void restrict_sum(const Lists<HostVector>& lists, const HostVector& a, const HostVector& x, HostVector& y) {
  for_lists(
      lists, [&](std::uint64_t p) { return a[p] * x[lists.entry[p]]; }, as_it_is, y);
}

void restrict_sum(const Lists<HostVector>& lists, const Flows<HostVector>& flows, const HostVector& x, HostVector& y) {
  const auto flow = [&](std::uint64_t p) {
    const std::uint32_t k = lists.entry[p];
    return flows.rate[k] * x[flows.source.entry[k]];
  };
  for_lists(lists, flow, as_it_is, y);
}

void jacobi_step(const Flows<HostVector>& flows, double w, const HostVector* b, const HostVector& x, HostVector& y) {
  const auto flow = [&](std::uint64_t p) { return flows.rate[p] * x[flows.source.entry[p]]; };
  const auto finish = [&](std::size_t i, double total) {
    return (1 - w) * x[i] + w * ((b ? (*b)[i] : 0) + total) / flows.exit[i];
  };
  for_lists(flows.source, flow, finish, y);
}

void find_residual(const Flows<HostVector>& flows, const HostVector& b, const HostVector& x, HostVector& r) {
  const auto flow = [&](std::uint64_t p) { return flows.rate[p] * x[flows.source.entry[p]]; };
  for_lists(
      flows.source, flow, [&](std::size_t i, double total) { return b[i] + (total - x[i] * flows.exit[i]); }, r);
}

void multiply_spread(const std::vector<std::uint32_t>& of, const HostVector& f, HostVector& x) {
  for_each_entry(x.size(), [&](std::size_t i) { x[i] *= f[of[i]]; });
}

void prolong_add(const std::vector<std::uint32_t>& of, const HostVector& a, const HostVector& f, HostVector& x) {
  for_each_entry(x.size(), [&](std::size_t i) { x[i] += a[i] * f[of[i]]; });
}

void raise_to(double least, HostVector& x) {
  for_each_entry(x.size(), [&](std::size_t i) { x[i] = x[i] < least ? least : x[i]; });
}

void to_the_power(double exponent, HostVector& x) {
  for_each_entry(x.size(), [&](std::size_t i) { x[i] = std::pow(x[i], exponent); });
}

}  // namespace steady::detail
