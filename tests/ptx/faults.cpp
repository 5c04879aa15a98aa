#include "tests/ptx/faults.hpp"

#include <cstdlib>
#include <optional>
#include <regex>

#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

struct Fault {
  std::string kernel, replacement;
  std::regex pattern;
};

std::optional<Fault> to_fault(const char* text) {
  if (!text) return std::nullopt;
  static const std::regex form("(.*) => (.*) => (.*)");
  std::cmatch parts;
  if (!std::regex_match(text, parts, form)) throw Violation("STEADY_PTX_FAULT is not KERNEL => PATTERN => REPLACEMENT");
  return Fault{parts[1], parts[3], std::regex(parts[2].str())};
}

unsigned count = 0;

}  // namespace

std::string planted(const std::string& function, std::string body) {
  static const std::optional<Fault> fault = to_fault(std::getenv("STEADY_PTX_FAULT"));
  if (!fault || function.find(fault->kernel) == std::string::npos) return body;
  std::smatch found;
  if (!std::regex_search(body, found, fault->pattern))
    throw Violation("nothing in " + function + " is what STEADY_PTX_FAULT replaces");
  ++count;
  return found.prefix().str() + found.format(fault->replacement) + found.suffix().str();
}

unsigned planted_faults() { return count; }

}  // namespace ptx
