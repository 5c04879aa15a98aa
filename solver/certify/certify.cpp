#include "solver/certify/certify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/certify/hitting_times.hpp"
#include "solver/certify/majorant.hpp"
#include "solver/elimination/elimination.hpp"

namespace steady {

using namespace detail;

void detail::add(const std::vector<double>& x, Expansion& to) {
  to.resize(2, std::vector<double>(x.size(), 0.0));
  for_blocks(x.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      DoubleDouble sum{to[0][i], to[1][i]};
      sum += x[i];
      to[0][i] = sum.high;
      to[1][i] = sum.low;
    }
  });
}

double detail::work_of_pass(const Csr& matrix, std::size_t levels) {
  constexpr double lanes = 8, barrier = 1000;  // states at once; transitions visited while threads wait for each other
  const auto states = static_cast<double>(matrix.rows()), entries = static_cast<double>(matrix.entries());
  const auto narrow = static_cast<double>(levels);
  return entries * std::clamp(lanes * narrow / states, 1.0, lanes) + barrier * narrow;
}

namespace {

// By what the solve has kept, if anything, and where that is not enough by a matrix of the proof's own.
Certificate find_proof(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                       const ProofHints& hints) {
  const bool fits = hints.kept && hints.kept->inflow->size() == chain.size() && chain.size() > dense_limit;
  if (!fits || hints.direct || !chain.rate_error.empty() || !suits_majorant(*hints.kept))
    return certify_by_hitting_times(chain, distribution, options, hints);
  CertifyOptions left = options;
  Certificate first = certify_by_majorant(chain, distribution, *hints.kept, left);
  const bool enough = first.proven && first.total_variation <= options.target;
  if (enough || first.cut == Certificate::Cut::interrupted) return first;
  Certificate second = certify_by_hitting_times(chain, first.proven ? first.distribution : distribution, left, hints);
  first.cut = second.cut;
  if (first.proven && !(second.proven && second.total_variation <= first.total_variation)) return first;
  second.improved = second.improved || first.improved;
  return second;
}

}  // namespace

Certificate detail::certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                            const ProofHints& hints, Checked checked) {
  if (!(options.target >= 0)) throw Error(fmt::format("a proof to a total variation of {}", options.target));
  if (!(options.work >= 0)) throw Error(fmt::format("a proof with a work of {}", options.work));
  if (checked == Checked::no) {
    validate(chain);
    require_one_entry_a_state(distribution, chain, "distribution");
  }
  require_whole(chain);
  const Stopwatch watch;
  Certificate certificate;
  if (options.interrupted())  // a large chain is not even looked at
    certificate.cut = Certificate::Cut::interrupted;
  else
    certificate = find_proof(chain, distribution, options, hints);
  certificate.seconds = watch.seconds();
  return certificate;
}

Certificate certify(const Chain& chain, const std::vector<double>& distribution, const CertifyOptions& options,
                    Checked checked) {
  return certify(chain, distribution, options, {}, checked);
}

}  // namespace steady
