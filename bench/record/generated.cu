#include <algorithm>
#include <bit>
#include <string>

#include <steady/error.hpp>

#include "bench/record/generated.hpp"
#include "bench/record/kanban_rows.cuh"
#include "bench/record/polling_rows.cuh"
#include "formats/matrix/cuda_rows.cuh"
#include "formats/matrix/mask.hpp"
#include "formats/matrix/rate_table.cuh"

namespace steady::bench {

using namespace detail;

namespace {

constexpr unsigned height = Slices::height;

// --- the storage as kernels see it -----------------------------------------------------------------------------------

struct WideMaskView {
  const std::uint64_t* start;
  const std::uint32_t* lanes;
  const std::uint32_t* distance;
  const std::uint8_t* code;
  RateTable rates;

  __host__ __device__ unsigned shared_doubles(unsigned) const { return rates.shared_doubles(); }
  __device__ void stage(double* shared) const { rates.stage(shared); }

  __device__ double add(const WarpSlice& slice, const double* x, double sum, double* shared) const {
    const std::int64_t shift = static_cast<std::int64_t>(slice.lane) - (height - 1);
    const std::uint64_t end = start[slice.number + 1];
    return rates.with(shared, [&](const double* rate) {
      double total = sum;
      for (std::uint64_t k = start[slice.number]; k < end; ++k) {
        const std::uint32_t has = __ldcs(lanes + k), column = __ldcs(distance + k);
        const unsigned which = __ldcs(code + k);
        if (has >> slice.lane & 1) total += rate[which] * x[column + shift];
      }
      return total;
    });
  }
};

// --- generating it ---------------------------------------------------------------------------------------------------

__device__ std::uint64_t warp_least(std::uint64_t value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    const std::uint64_t other = __shfl_xor_sync(all_lanes, value, distance);
    if (other < value) value = other;
  }
  return value;
}

// f(lanes, distance, code) for each entry of a slice, ascending: the warp merges its rows' sorted sources. Called, and
// f with it, by all lanes. Returns the number of the lane's sources.
template <class Rows, class Function>
__device__ unsigned for_entries(const Rows& rows, std::uint64_t states, std::uint64_t slice, Function f) {
  constexpr std::uint64_t none = ~std::uint64_t{0};
  const unsigned lane = threadIdx.x % 32;
  const std::uint64_t state = slice * height + lane;
  std::uint64_t key[Rows::most_sources] = {};  // distance, then code
  unsigned count = 0;
  if (state < states)
    rows.sources(static_cast<State>(state), [&](State source, unsigned code) {
      const std::uint64_t added = (std::uint64_t{source} + (height - 1 - lane)) << 8 | code;
      unsigned place = count++;
      for (; place > 0 && key[place - 1] > added; --place) key[place] = key[place - 1];
      key[place] = added;
    });
  unsigned next = 0;
  while (true) {
    const std::uint64_t mine = next < count ? key[next] : none, least = warp_least(mine);
    if (least == none) return count;
    const std::uint32_t lanes = __ballot_sync(all_lanes, mine == least);
    if (mine == least) ++next;
    f(lanes, static_cast<std::uint32_t>(least >> 8), static_cast<std::uint8_t>(least & 255));
  }
}

__device__ std::uint64_t first_slice() { return (std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x) / 32; }
__device__ std::uint64_t warps() { return std::uint64_t{gridDim.x} * blockDim.x / 32; }

template <class Rows>
__global__ void __launch_bounds__(row_threads) count_entries(Rows rows, std::uint64_t states, std::uint64_t slices,
                                                             std::uint32_t* entries, unsigned long long* transitions) {
  unsigned long long total = 0;
  for (std::uint64_t slice = first_slice(); slice < slices; slice += warps()) {
    std::uint32_t count = 0;
    total += for_entries(rows, states, slice, [&](std::uint32_t, std::uint32_t, std::uint8_t) { ++count; });
    if (threadIdx.x % 32 == 0) entries[slice] = count;
  }
  atomicAdd(transitions, total);
}

template <class Rows>
__global__ void __launch_bounds__(row_threads)
    write_entries(Rows rows, std::uint64_t states, std::uint64_t slices, const std::uint64_t* start,
                  std::uint32_t* lanes, std::uint32_t* distance, std::uint8_t* code) {
  for (std::uint64_t slice = first_slice(); slice < slices; slice += warps()) {
    std::uint64_t place = start[slice];
    for_entries(rows, states, slice, [&](std::uint32_t has, std::uint32_t from, std::uint8_t which) {
      if (threadIdx.x % 32 == 0) lanes[place] = has, distance[place] = from, code[place] = which;
      ++place;
    });
  }
}

// `most`: the largest, as the bits of a positive double, which are ordered as the numbers are.
template <class Rows>
__global__ void __launch_bounds__(row_threads)
    write_exit_rates(Rows rows, std::uint64_t states, double* exit, unsigned long long* most) {
  unsigned long long own_most = 0;
  const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < states; i += stride) {
    exit[i] = rows.exit_rate(static_cast<State>(i));
    own_most = max(own_most, static_cast<unsigned long long>(__double_as_longlong(exit[i])));
  }
  atomicMax(most, own_most);
}

template <class Rows>
__global__ void __launch_bounds__(row_threads)
    sum_residual(Rows rows, std::uint64_t states, const double* x, Slots slots) {
  double total[1] = {0};
  const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < states; i += stride) {
    const auto state = static_cast<State>(i);
    double flow = 0;
    rows.sources(state, [&](State source, unsigned code) { flow += rows.rate[code] * x[source]; });
    total[0] += fabs(flow - x[i] * rows.exit_rate(state));
  }
  sum_over_grid(slots, total);
}

// --- the operator ----------------------------------------------------------------------------------------------------

template <class T>
std::vector<T> on_host(const CudaArray<T>& array) {
  std::vector<T> values(array.size());
  copy_from_device(array.data(), values.data(), array.size() * sizeof(T));
  return values;
}

// A Family has the number of its states, its rates by code, and the rows as the device generates them.
template <class Family>
class Generated final : public GeneratedChain {
  using Rows = typename Family::Rows;
  static_assert(Rows::codes <= 256);

 public:
  explicit Generated(Family family)
      : family_(std::move(family)),
        states_(family_.states()),
        slices_((states_ + height - 1) / height),
        rate_(family_.rates()),
        exit_(states_) {
    const State level_start[] = {0, static_cast<State>(states_)};
    first_row_ = CudaArray<State>(make_slices(level_start).row);
    const Rows rows = family_.rows(rate_.data());
    CudaArray<unsigned long long> totals(std::vector<unsigned long long>{0, 0});  // transitions, largest exit rate
    CudaArray<std::uint32_t> counts(slices_);
    queue(count_entries<Rows>, blocks(), row_threads, 0, rows, states_, slices_, counts.data(), totals.data());
    queue(write_exit_rates<Rows>, blocks(), row_threads, 0, rows, states_, exit_.data(), totals.data() + 1);
    const std::vector<std::uint64_t> start = mask_starts(on_host(counts));
    start_ = CudaArray<std::uint64_t>(start);
    counts = {};
    lanes_ = CudaArray<std::uint32_t>(start.back());
    distance_ = CudaArray<std::uint32_t>(start.back());
    code_ = CudaArray<std::uint8_t>(start.back());
    queue(write_entries<Rows>, blocks(), row_threads, 0, rows, states_, slices_, start_.data(), lanes_.data(),
          distance_.data(), code_.data());
    const std::vector<unsigned long long> known = on_host(totals);
    transitions_ = known[0];
    max_exit_ = std::bit_cast<double>(known[1]);
  }

  std::string_view storage() const override { return "wide-mask"; }
  std::string_view kernel() const override { return "wide-mask-warp"; }
  std::size_t size() const override { return states_; }
  double max_exit_rate() const override { return max_exit_; }
  std::span<const State> order() const override { return {}; }

  void multiply(const CudaVector& x, CudaVector& y) const override { for_rows(x, Store{y.data()}, Tally::no); }
  double residual(const CudaVector& x, CudaVector& r, Tally tally) const override {
    return for_rows(x, Residual{exit_.data(), x.data(), r.data()}, tally).residual;
  }
  Pass jacobi_sweep(double w, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return for_rows(x, JacobiSweep{w, exit_.data(), x.data(), y.data()}, tally);
  }
  Pass power_step(double rate, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return for_rows(x, PowerStep{rate, exit_.data(), x.data(), y.data()}, tally);
  }

  void gauss_seidel_sweep(Direction, double, CudaVector&) const override { refuse(); }
  void triangular_solve(Direction, const CudaVector&, CudaVector&) const override { refuse(); }
  void triangular_jacobi(Direction, std::size_t, const CudaVector&, CudaVector&) const override { refuse(); }
  void add_later(Direction, double, const CudaVector&, const CudaVector&, CudaVector&) const override { refuse(); }

  std::uint64_t transitions() const override { return transitions_; }
  std::uint64_t entries() const override { return code_.size(); }
  std::uint64_t bytes() const override {
    return start_.size() * sizeof(std::uint64_t) + entries() * (2 * sizeof(std::uint32_t) + sizeof(std::uint8_t)) +
           first_row_.size() * sizeof(State) + (rate_.size() + exit_.size()) * sizeof(double);
  }

  double residual_by_rules(const CudaVector& x) const override {
    queue(sum_residual<Rows>, blocks(), row_threads, 0, family_.rows(rate_.data()), states_, x.data(), sums().slots());
    return sums().wait()[0];
  }

  WideMask storage_on_host() const override {
    return {on_host(start_), on_host(lanes_), on_host(distance_), on_host(code_), on_host(rate_)};
  }
  std::vector<double> exit_rates_on_host() const override { return on_host(exit_); }

 private:
  // A warp for each slice, as far as a grid that sums may go.
  unsigned blocks() const {
    constexpr unsigned warps_of_block = row_threads / 32;
    return static_cast<unsigned>(std::min<std::uint64_t>((slices_ + warps_of_block - 1) / warps_of_block, most_blocks));
  }

  template <class Finish>
  Pass for_rows(const CudaVector& x, const Finish& finish, Tally tally) const {
    const Product<WideMaskView, 1> product{
        {{start_.data(), lanes_.data(), distance_.data(), code_.data(), rate_table(rate_)}},
        {x.data()},
        first_row_.data()};
    const Slots slots = tally == Tally::yes ? sums().slots() : Slots{};
    const std::size_t shared = product.shared_doubles(row_threads / 32) * sizeof(double);
    queue(finish_rows<WideMaskView, 1, Finish>, blocks(), row_threads, shared, product, 0, slices_, finish, slots);
    if (tally == Tally::no) return {};
    const double* const total = sums().wait();
    return {total[0], total[1]};
  }

  [[noreturn]] static void refuse() { throw Error("a generated chain has products only: methods power and jacobi"); }

  Family family_;
  std::uint64_t states_, slices_, transitions_ = 0;
  double max_exit_ = 0;
  CudaArray<double> rate_, exit_;
  CudaArray<State> first_row_;
  CudaArray<std::uint64_t> start_;
  CudaArray<std::uint32_t> lanes_, distance_;
  CudaArray<std::uint8_t> code_;
};

void require(bool in_range, const std::string& what) {
  if (!in_range) throw Error(what);
}

}  // namespace

// More have more than 2^32 states.
std::unique_ptr<GeneratedChain> generate_kanban(int t) {
  require(t >= 1 && t <= 11, "kanban is generated for t in 1..11, not " + std::to_string(t));
  return std::make_unique<Generated<Kanban>>(Kanban(static_cast<unsigned>(t)));
}

std::unique_ptr<GeneratedChain> generate_polling(int stations) {
  require(stations >= 2 && stations <= 26, "polling is generated for 2..26 stations, not " + std::to_string(stations));
  return std::make_unique<Generated<Polling>>(Polling(static_cast<unsigned>(stations)));
}

}  // namespace steady::bench
