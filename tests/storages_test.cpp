// Storages: what they take in memory, what does not fit and why, and what is particular to one of them.
#include <omp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

#include <steady/error.hpp>

#include "bench/families/chains.hpp"
#include "formats/chain/levels.hpp"
#include "formats/chain/row_sample.hpp"
#include "formats/matrix/csr_rows.hpp"
#include "formats/matrix/hyb.hpp"
#include "formats/matrix/mask_rows.hpp"
#include "formats/matrix/packed.hpp"
#include "formats/matrix/rate_codes.hpp"
#include "formats/matrix/sell.hpp"
#include "formats/matrix/storage.hpp"
#include "formats/vectors/lists.hpp"
#include "tests/catch.hpp"
#include "tests/matrices.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// What is no storage, and why.
struct AddsNothing {
  static constexpr Storage storage = Storage::csr;
  static constexpr std::string_view kernel = "none-rows";
  static Footprint footprint(const Csr&, const Slices&) { return {}; }
  AddsNothing(const Csr&, const Slices&) {}
};
struct AddsFloats : AddsNothing {
  using AddsNothing::AddsNothing;
  void add(std::size_t, const float*, float*) const {}
};
struct HasNoFootprint {
  static constexpr Storage storage = Storage::csr;
  static constexpr std::string_view kernel = "none-rows";
  HasNoFootprint(const Csr&, const Slices&) {}
  void add(std::size_t, const double*, double*) const {}
};
static_assert(!HostStorage<AddsNothing> && !HostStorage<HasNoFootprint> && !HostStorage<Csr>);
static_assert(!HostStorage<AddsFloats> && HostStorage<AddsFloats, float> && !SinglePrecisionStorage<AddsFloats>);
static_assert(HostStorage<CsrRows> && !SumStartingStorage<CsrRows, double> && !SinglePrecisionStorage<CsrRows>);
static_assert(SumStartingStorage<MaskRows, float> && SinglePrecisionStorage<MaskRows>);

// Nor is every vector one that methods can use.
static_assert(!VectorOperations<Csr> && VectorOperations<SingleVector> && !VectorBackend<SingleVector>);
static_assert(!ListOperations<SingleVector> && !MethodNumber<std::string>);

Slices natural(const Csr& matrix) {
  const State start[] = {0, static_cast<State>(matrix.rows())};
  return make_slices(start);
}

template <class... Entry>
std::uint64_t bytes_of(const std::vector<Entry>&... arrays) {
  return (0 + ... + (arrays.size() * sizeof(Entry)));
}

void check_bytes(const Csr& matrix, const Slices& slices) {
  const std::uint64_t csr = bytes_of(matrix.row_start, matrix.column, matrix.value);
  CHECK(CsrRows::footprint(matrix, slices).bytes == csr);
  const Ell ell = to_ell(matrix, longest_row(matrix));
  if (const Footprint footprint = ell_footprint(matrix, slices); footprint.reason.empty())
    CHECK(footprint.bytes == bytes_of(ell.column, ell.value));
  const Sell sell = to_sell(matrix, slices);
  CHECK(sell_footprint(matrix, slices).bytes == bytes_of(sell.start, sell.column, sell.value));
  const Hyb hyb = to_hyb(matrix, slices);
  CHECK(hyb_footprint(matrix, slices).bytes ==
        bytes_of(hyb.ell.column, hyb.ell.value, hyb.rest_start, hyb.rest_row, hyb.rest_column, hyb.rest_value));
  if (const Footprint footprint = packed_footprint(matrix, slices); footprint.reason.empty()) {
    const Packed packed = to_packed(matrix, slices);
    CHECK(footprint.bytes == bytes_of(packed.start, packed.bits, packed.base, packed.rate));
  }
  if (const Footprint footprint = mask_footprint(matrix, slices); footprint.reason.empty()) {
    const Mask mask = to_mask(matrix, slices);
    CHECK(footprint.bytes == bytes_of(mask.start, mask.entry, mask.base, mask.rate));
  }
}

// More rows than a 32-bit entry can tell apart beside 12 bits of code; all entries in rows 1000.. and columns `first`..
Csr wide_matrix(State spread) {
  constexpr State rows = 1400000, row = 1000, first = 1200000;
  std::vector<Triplet> triplets;
  for (State k = 0; k < RateCodes::most; ++k) triplets.push_back({row + k % 100, first + k / 100, 1.0 + k});
  triplets.push_back({row, first - spread, 1.0});
  return to_csr(rows, std::move(triplets));
}

}  // namespace

TEST_CASE("a footprint is the bytes of the arrays that the conversion makes") {
  for (const auto& m : reference::awkward_matrices()) {
    INFO(m.name);
    check_bytes(m.inflow, natural(m.inflow));
    for (const Direction direction : {Direction::forward, Direction::backward}) {
      const LevelOrder order = level_order(m.inflow, direction);
      const SplitMatrix parts = split(m.inflow, order);
      check_bytes(parts.earlier, make_slices(order.start));
      check_bytes(parts.later, make_slices(order.start));
    }
  }
}

TEST_CASE("both masks of a sweep are those of the matrix split in two, for any number of threads") {
  const auto same = [](const Mask& a, const Mask& b) {
    const auto same_entry = [](const Mask::Entry& x, const Mask::Entry& y) {
      return x.lanes == y.lanes && x.bits == y.bits;
    };
    return a.start == b.start && a.base == b.base && a.rate == b.rate && a.code_bits == b.code_bits &&
           a.base_shift == b.base_shift &&
           std::equal(a.entry.begin(), a.entry.end(), b.entry.begin(), b.entry.end(), same_entry);
  };
  for (const auto& m : reference::awkward_matrices())
    for (const Direction direction : {Direction::forward, Direction::backward}) {
      INFO(m.name);
      const LevelOrder order = level_order(m.inflow, direction);
      const Slices slices = make_slices(order.start);
      const SplitMatrix parts = split(m.inflow, order);
      if (!mask_footprint(parts.earlier, slices).reason.empty() ||
          !mask_footprint(parts.later, slices).reason.empty()) {
        CHECK_THROWS_AS(to_split_mask(m.inflow, order, slices), Error);
        continue;
      }
      omp_set_num_threads(1);
      const Mask earlier = to_mask(parts.earlier, slices), later = to_mask(parts.later, slices);
      for (const int threads : {1, 2, 5}) {
        omp_set_num_threads(threads);
        const SplitMask both = to_split_mask(m.inflow, order, slices);
        CHECK(same(both.earlier, earlier));
        CHECK(same(both.later, later));
      }
      omp_set_num_threads(omp_get_num_procs());
    }
}

TEST_CASE("a large matrix is judged by blocks of its rows, the longest among them") {
  std::vector<Triplet> triplets;
  const State n = 300000;
  for (State i = 0; i < n; ++i)
    for (State d = 1; d <= 4; ++d) triplets.push_back({i, (i + d) % n, 1.0 * d});
  for (State j = 1; j < 200; ++j) triplets.push_back({77777, (77777 + 5 * j) % n, 1.0});
  const Csr matrix = to_csr(n, std::move(triplets));
  const Csr sample = sample_of_rows(matrix).value();
  CHECK(sample.rows() < n / 8);
  CHECK(sample.entries() == sample.row_start.back());
  CHECK(longest_row(sample) == longest_row(matrix));
  CHECK_FALSE(sample_of_rows(reference::random_matrix(300, 6, 3, 3)).has_value());
  Csr hub = matrix;  // the last row has a million entries
  hub.row_start.back() += 1000000;
  hub.column.resize(hub.row_start.back());
  hub.value.resize(hub.row_start.back());
  CHECK_FALSE(sample_of_rows(hub).has_value());
}

TEST_CASE("mask takes few bytes a state of lexicographic chains") {
  const auto bytes_a_state = [](const Chain& chain) {
    return static_cast<double>(mask_footprint(chain.inflow, natural(chain.inflow)).bytes) /
           static_cast<double>(chain.size());
  };
  CHECK(bytes_a_state(families::kanban(4)) <= 8.5);
  CHECK(bytes_a_state(families::fms(6)) <= 11.5);
}

TEST_CASE("a storage that does not fit says why") {
  const Csr dense_row = [] {
    std::vector<Triplet> triplets;
    for (State i = 1; i < 300; ++i) triplets.push_back({0, i, 1.0});
    return to_csr(300, std::move(triplets));
  }();
  CHECK_THAT(ell_footprint(dense_row, natural(dense_row)).reason, ContainsSubstring("longest row has 299 entries"));

  const Csr distinct = reference::random_matrix(3000, 6, std::size_t{1} << 30, 3);
  CHECK_THAT(packed_footprint(distinct, natural(distinct)).reason, ContainsSubstring("more than 4096 distinct rates"));
  CHECK_THAT(mask_footprint(distinct, natural(distinct)).reason, ContainsSubstring("more than 4096 distinct rates"));
  CHECK_THROWS_AS(to_packed(distinct, natural(distinct)), Error);
  CHECK_THROWS_AS(to_mask(distinct, natural(distinct)), Error);

  // 4096 rates take 12 bits, 13 with padding's: 2^20 distances, 2^19 columns.
  const Csr near = wide_matrix(500000), far = wide_matrix(600000), farther = wide_matrix(1100000);
  CHECK(packed_footprint(near, natural(near)).reason.empty());
  CHECK_THAT(packed_footprint(far, natural(far)).reason, ContainsSubstring("take 13 of 32 bits"));
  CHECK(mask_footprint(far, natural(far)).reason.empty());
  CHECK_THAT(mask_footprint(farther, natural(farther)).reason, ContainsSubstring("take 12 of 32 bits"));
  CHECK_THROWS_AS(to_mask(farther, natural(farther)), Error);
}

TEST_CASE("rate codes tell apart up to 4096 values") {
  std::vector<double> values;
  for (std::size_t k = 0; k < RateCodes::most; ++k) values.push_back(1.0 / static_cast<double>(k + 1));
  const RateCodes all(values);
  CHECK_FALSE(all.too_many());
  for (const double value : values) CHECK(all.rates()[all.code(value)] == value);
  values.push_back(7);
  CHECK(RateCodes(values).too_many());
  CHECK(bits_for(0) == 0);
  CHECK(bits_for(1) == 0);
  CHECK(bits_for(2) == 1);
  CHECK(bits_for(4096) == 12);
  CHECK(bits_for(4097) == 13);
}

TEST_CASE("offsets beyond 2^32 are counted in 64 bits") {
  constexpr std::uint64_t length = std::uint64_t{1} << 30;
  Csr matrix;  // of row starts alone: 64 rows of 2^30 entries
  for (std::uint64_t i = 1; i <= 64; ++i) matrix.row_start.push_back(i * length);
  const Slices slices = natural(matrix);
  CHECK(sell_starts(matrix.row_start, slices) == std::vector<std::uint64_t>{0, 32 * length, 64 * length});
  CHECK(CsrRows::footprint(matrix, slices).bytes == 65 * 8 + 64 * length * 12);
  CHECK(ell_footprint(matrix, slices).bytes == 64 * length * 12);
  CHECK(sell_footprint(matrix, slices).bytes == 3 * 8 + 64 * length * 12);
  CHECK(hyb_footprint(matrix, slices).bytes == 3 * 8 + 64 * length * 12);
  CHECK(packed_footprint(matrix, slices).bytes == 3 * 8 + 64 * length * 4 + 4 + 8);
  Csr uneven;  // 20 rows of 2^32 entries, then 44 of one
  for (std::uint64_t i = 1; i <= 64; ++i)
    uneven.row_start.push_back(uneven.row_start.back() + (i <= 20 ? std::uint64_t{1} << 32 : 1));
  CHECK(hyb_footprint(uneven, slices).bytes == 64 * 12 + 3 * 8 + 20 * ((std::uint64_t{1} << 32) - 1) * 16);
  const std::uint32_t half = std::uint32_t{1} << 31;
  CHECK(mask_starts(std::vector<std::uint32_t>{half, half, half}) ==
        std::vector<std::uint64_t>{0, half, std::uint64_t{half} * 2, std::uint64_t{half} * 3});
}

TEST_CASE("hyb's ell is as wide as a third of the rows are long") {
  std::vector<Triplet> triplets;
  for (State i = 0; i < 90; ++i)
    for (State j = 0; j < (i < 29 ? 9u : i < 31 ? 5u : 2u); ++j) triplets.push_back({i, (i + j + 1) % 90, 1.0});
  const Csr matrix = to_csr(90, std::move(triplets));
  const Hyb hyb = to_hyb(matrix, natural(matrix));
  CHECK(hyb.ell.width == 5);
  CHECK(hyb.rest_start == std::vector<std::uint64_t>{0, 29 * 4, 29 * 4, 29 * 4});
}

TEST_CASE("mask's variants give the same bits and read only where a lane is set") {
  // x fills one page between two that cannot be read.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const pages = mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(pages != MAP_FAILED);
  auto* const x = reinterpret_cast<double*>(static_cast<char*>(pages) + page);
  REQUIRE(mprotect(x, page, PROT_READ | PROT_WRITE) == 0);
  const std::size_t rows = page / sizeof(double);
  for (std::size_t i = 0; i < rows; ++i) x[i] = 1.0 / static_cast<double>(i + 3);

  const Csr matrix = reference::random_matrix(rows, 20, 3, 8);
  const State start[] = {0, 5, 70, static_cast<State>(rows)};
  const Slices slices = make_slices(start);
  const Mask mask = to_mask(matrix, slices);
  const std::vector<float> rate(mask.rate.begin(), mask.rate.end());
  const std::vector<float> floats(x, x + rows);
  const float* const xs = floats.data();
  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    std::vector<double> plain(Slices::height, 0.25);
    mask_variants().front().add.continued(mask, mask.rate.data(), slice, x, plain.data());
    std::vector<float> plain_single(Slices::height, 0.25f);
    mask_variants().front().add_single.continued(mask, rate.data(), slice, xs, plain_single.data());
    for (std::size_t r = 0; r < Slices::height; ++r) CHECK(plain_single[r] == Approx(plain[r]).epsilon(1e-5));
    for (const MaskVariant& variant : mask_variants()) {
      INFO(variant.name << ", slice " << slice);
      std::vector<double> sum(Slices::height, 0.25);
      variant.add.continued(mask, mask.rate.data(), slice, x, sum.data());
      CHECK(sum == plain);
      std::vector<float> single(Slices::height, 0.25f);
      variant.add_single.continued(mask, rate.data(), slice, xs, single.data());
      CHECK(single == plain_single);

      std::vector<double> zero(Slices::height), begun(Slices::height, NAN);
      variant.add.continued(mask, mask.rate.data(), slice, x, zero.data());
      variant.add.begun(mask, mask.rate.data(), slice, x, begun.data());
      CHECK(begun == zero);
      std::vector<float> single_zero(Slices::height), single_begun(Slices::height, NAN);
      variant.add_single.continued(mask, rate.data(), slice, xs, single_zero.data());
      variant.add_single.begun(mask, rate.data(), slice, xs, single_begun.data());
      CHECK(single_begun == single_zero);
    }
  }
  munmap(pages, 3 * page);
}

TEST_CASE("entries are relative to each slice's base where a chain is wide") {
  const Csr matrix = wide_matrix(10);
  const Slices slices = natural(matrix);
  const Packed packed = to_packed(matrix, slices);
  const Mask mask = to_mask(matrix, slices);
  CHECK(packed.base_shift == 0);
  CHECK(packed.base.size() == slices.count());
  CHECK(mask.base_shift == 0);
  std::vector<double> x(matrix.rows());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1.0 / static_cast<double>(i + 1);
  for (std::size_t slice = 1000 / 32; slice <= 1100 / 32; ++slice)
    for (const MaskVariant& variant : mask_variants()) {
      std::vector<double> sum(Slices::height);
      variant.add.begun(mask, mask.rate.data(), slice, x.data(), sum.data());
      for (std::size_t i = slices.row[slice], r = 0; i < slices.row[slice + 1]; ++i, ++r) {
        double expected = 0;
        for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
          expected += matrix.value[k] * x[matrix.column[k]];
        CHECK(sum[r] == expected);
      }
    }
}
