// In place of what needs libsbml, where it is not.
#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/model/sbml/sbml.hpp"

namespace steady::detail::sbml {

namespace {

[[noreturn]] void refuse(const std::string& path) {
  throw Error(fmt::format("{}: this program was built without libsbml, which reads SBML", path), Error::Cause::machine);
}

}  // namespace

Model read_sbml(const std::string& path, std::string&&, const ReadOptions&) { refuse(path); }

prism::UnexploredModel compile_sbml(const std::string& path, std::string&&, const ReadOptions&) { refuse(path); }

}  // namespace steady::detail::sbml
