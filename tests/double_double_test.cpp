// Sums in twice a double's digits, against numbers of 400 bits.
#include "formats/base/double_double.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <random>

#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;
using Long =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<400, boost::multiprecision::digit_base_2>,
                                  boost::multiprecision::et_off>;

TEST_CASE("sums and products are added up in twice a double's digits") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> any(-1, 1);
  DoubleDouble terms, products;
  Long exact_terms = 0, exact_products = 0, size = 0;
  for (int step = 0; step < 1000; ++step) {
    const double a = any(random) * std::exp2(std::round(40 * any(random))), b = any(random);
    const DoubleDouble factor{b, 0x1p-54 * b * any(random)};
    terms += a;
    exact_terms += Long(a);
    products.add_product(a, factor);
    exact_products += Long(a) * (Long(factor.high) + Long(factor.low));
    size += abs(Long(a));
    CHECK(terms.high == terms.value());  // the low part is no more than what the high one is rounded by
    CHECK(abs(Long(terms.high) + Long(terms.low) - exact_terms) <= size * Long(0x1p-100));
    CHECK(abs(Long(products.high) + Long(products.low) - exact_products) <= size * Long(0x1p-90));
  }
}
