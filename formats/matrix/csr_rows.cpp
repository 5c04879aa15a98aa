#include "formats/matrix/csr_rows.hpp"

#include <algorithm>
#include <cmath>

namespace steady {
namespace {

class CsrRows final : public Inflow<HostVector> {
 public:
  CsrRows(const Csr& inflow, const std::vector<double>& exit_rate)
      : in_(inflow), exit_(exit_rate), max_exit_(*std::max_element(exit_rate.begin(), exit_rate.end())) {}

  std::string_view storage() const override { return "csr"; }
  std::string_view kernel() const override { return "csr-rows"; }
  std::size_t size() const override { return in_.rows(); }
  double max_exit_rate() const override { return max_exit_; }

  void multiply(const HostVector& x, HostVector& y) const override {
    for_rows(x, [to = y.data()](std::size_t i, double flow) {
      to[i] = flow;
      return Pass{};
    });
  }

  double residual(const HostVector& x, HostVector& r) const override {
    return for_rows(x,
                    [this, from = x.data(), to = r.data()](std::size_t i, double flow) {
                      to[i] = flow - from[i] * exit_[i];
                      return Pass{0, std::abs(to[i])};
                    })
        .residual;
  }

  Pass jacobi_sweep(double w, const HostVector& x, HostVector& y) const override {
    return for_rows(x, [this, w, from = x.data(), to = y.data()](std::size_t i, double flow) {
      to[i] = (1 - w) * from[i] + w * flow / exit_[i];
      return Pass{to[i], std::abs(flow - from[i] * exit_[i])};
    });
  }

  Pass power_step(double rate, const HostVector& x, HostVector& y) const override {
    return for_rows(x, [this, rate, from = x.data(), to = y.data()](std::size_t i, double flow) {
      to[i] = from[i] * ((rate - exit_[i]) / rate) + flow / rate;
      return Pass{to[i], std::abs(flow - from[i] * exit_[i])};
    });
  }

  void gauss_seidel_sweep(Direction direction, double w, HostVector& x) const override {
    in_order(direction, [&](std::size_t i) {
      const double update = row_sum(i, x.data()) / exit_[i];
      x[i] = w == 1 ? update : (1 - w) * x[i] + w * update;
    });
  }

  void triangular_solve(Direction direction, const HostVector& b, HostVector& y) const override {
    in_order(direction, [&](std::size_t i) {
      const State* const begin = in_.column.data() + in_.row_start[i];
      const State* const end = in_.column.data() + in_.row_start[i + 1];
      const State* const own = std::lower_bound(begin, end, static_cast<State>(i));
      const State* const first = direction == Direction::forward ? begin : own;
      const State* const last = direction == Direction::forward ? own : end;
      const double* value = in_.value.data() + (first - in_.column.data());
      double flow = b[i];
      for (const State* j = first; j != last; ++j, ++value) flow += *value * y[*j];
      y[i] = flow / exit_[i];
    });
  }

 private:
  double row_sum(std::size_t i, const double* x) const {
    double flow = 0;
    for (std::uint64_t k = in_.row_start[i]; k < in_.row_start[i + 1]; ++k) flow += in_.value[k] * x[in_.column[k]];
    return flow;
  }

  // Calls finish(i, flow into i) for every row, in parallel, and adds up what it returns.
  template <class Finish>
  Pass for_rows(const HostVector& x, Finish finish) const {
    return sum_over_blocks<Pass>(size(), [&](std::size_t first, std::size_t last) {
      Pass pass;
      for (std::size_t i = first; i < last; ++i) pass += finish(i, row_sum(i, x.data()));
      return pass;
    });
  }

  template <class RowFunction>
  void in_order(Direction direction, RowFunction f) const {
    const std::size_t n = size();
    if (direction == Direction::forward)
      for (std::size_t i = 0; i < n; ++i) f(i);
    else
      for (std::size_t i = n; i-- > 0;) f(i);
  }

  const Csr& in_;
  const std::vector<double>& exit_;
  double max_exit_;
};

}  // namespace

Footprint csr_footprint(const Csr& inflow) {
  return {inflow.row_start.size() * sizeof(std::uint64_t) + inflow.entries() * (sizeof(State) + sizeof(double)), ""};
}

std::unique_ptr<Inflow<HostVector>> csr_rows(const Csr& inflow, const std::vector<double>& exit_rate) {
  return std::make_unique<CsrRows>(inflow, exit_rate);
}

}  // namespace steady
