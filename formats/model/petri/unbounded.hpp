// Nets that have no bound, found before they are explored.
#pragma once

#include <memory>

#include <steady/model.hpp>

#include "formats/model/petri/net.hpp"

namespace steady::detail::petri {

// Throws Error, naming the place, where some markings lead from one to another that has more tokens in it, and as many
// in every place that can hinder a transition: what leads there can then happen again and again (R. Karp and R. Miller,
// Journal of Computer and System Sciences 3, 1969). Looks at some thousand markings, so that not every net without a
// bound is found; a net that has a bound is never refused. `syntax`: of the net.
void require_no_growth(const std::shared_ptr<const prism::Source>& source, const Net& net,
                       const prism::ModelSyntax& syntax, const ReadOptions& options);

}  // namespace steady::detail::petri
