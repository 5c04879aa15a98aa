// Whether cuSPARSE can be loaded; the emulator's stand-in always can.
#pragma once

#include "formats/matrix/cusparse.hpp"
#include "tests/catch.hpp"

namespace steady::reference {

using namespace detail;

inline bool cusparse_is_here() {
  try {
    cusparse();
    return true;
  } catch (const Error& error) {
    WARN("not tried: " << error.what());
    return false;
  }
}

}  // namespace steady::reference
