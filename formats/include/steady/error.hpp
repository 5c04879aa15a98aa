/// @file
/// The one exception of the library: bad input, or a machine that cannot do what was asked.
/// A method that does not converge is not an error; it is an Outcome (steady/iteration.hpp).
#pragma once

#include <stdexcept>
#include <string>

namespace steady {

/// What every function of the library throws. what() is one line that names the file, the place and the value.
class Error : public std::runtime_error {
 public:
  /// Whose fault it is: exit codes 2 and 3 of the program.
  enum class Cause {
    input,   ///< what was given cannot be used
    machine  ///< memory, disk, threads or device do not suffice
  };

  /// `message`: one line. `why`: whose fault it is.
  explicit Error(const std::string& message, Cause why = Cause::input) : std::runtime_error(message), cause(why) {}

  Cause cause;  ///< whose fault it is
};

/// A GPU's memory is too small for what was asked.
class NoRoom : public Error {
 public:
  /// `message`: one line.
  explicit NoRoom(const std::string& message) : Error(message, Cause::machine) {}
};

}  // namespace steady
