// Results are written one after the other, whatever becomes of the others.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <new>

#include "formats/base/memory.hpp"
#include "solver/cli/progress.hpp"

namespace steady::cli {

using namespace detail;

class Outputs {
 public:
  // write(), which throws where it fails: that is said at once.
  template <class Write>
  void attempt(Write write) {
    try {
      write();
    } catch (const std::bad_alloc&) {
      fail(out_of_memory());
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  // Of a run that would end with this one.
  int exit_code(int otherwise) const { return failed_ ? 3 : otherwise; }

 private:
  void fail(const std::string& what) {
    say(fmt::format("steady: {}\n", what));
    failed_ = true;
  }

  bool failed_ = false;
};

}  // namespace steady::cli
