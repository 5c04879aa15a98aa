// In place of what needs libsbml, where it is not.
#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/model/sbml/sbml.hpp"

namespace steady::detail::sbml {

Model read_sbml(const std::string& path, std::string&&, const ReadOptions&) {
  throw Error(fmt::format("{}: this program was built without libsbml, which reads SBML", path), Error::Cause::machine);
}

}  // namespace steady::detail::sbml
