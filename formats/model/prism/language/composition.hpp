// Which parts of a model's modules are taken together: the meaning of system ... endsystem, of a model without it, and
// of synchronization vectors.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// Sets the model's actions and synchronizations; its parts are there. `modules`: their numbers by name. Without a
// system all modules run in parallel in the order of the text. Throws Error for a system that names an unknown module,
// one twice, or not all.
void compose(CompiledModel& compiled, const std::optional<Composition>& system,
             const std::map<std::string_view, std::size_t>& modules);

// The same as vectors say it; commands without an action are taken alone. Synchronizations whose parts earn something
// have an action of their own. Throws Error where several parts of one change the same variable, and where there are
// too many.
void synchronize(CompiledModel& compiled, const std::vector<SynchronizationVector>& vectors);

}  // namespace steady::detail::prism
