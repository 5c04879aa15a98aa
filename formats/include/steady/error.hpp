// The one exception of the library: bad input, or a machine that cannot do what was asked.
// A method that does not converge is not an error; it is an Outcome (solver/methods/monitor.hpp).
#pragma once

#include <stdexcept>
#include <string>

namespace steady {

class Error : public std::runtime_error {
 public:
  enum class Cause { input, machine };  // exit code 2 and 3 of the program

  explicit Error(const std::string& message, Cause why = Cause::input) : std::runtime_error(message), cause(why) {}

  Cause cause;
};

// A GPU's memory is too small for what was asked.
class NoRoom : public Error {
 public:
  explicit NoRoom(const std::string& message) : Error(message, Cause::machine) {}
};

}  // namespace steady
