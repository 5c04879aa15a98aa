// Which parts of a model's modules are taken together: the meaning of system ... endsystem, and of a model without it.
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

}  // namespace steady::detail::prism
