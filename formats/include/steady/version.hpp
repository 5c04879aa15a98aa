/// @file
/// Where an answer comes from: this build, and this machine.
#pragma once

#include <cstdint>
#include <string>

namespace steady {

/// What was compiled, and how.
struct Build {
  const char* version;   ///< of the library, e.g. 0.1.0
  const char* commit;    ///< "-dirty" behind it where the sources differed from the commit; "unknown" without git
  const char* compiler;  ///< name, version and flags
};

/// This build.
extern const Build build;

/// Model name of this machine's processor; "unknown" where the system does not say.
std::string cpu_name();

/// What a program may take here, in bytes: 90 % of the least of the physical memory, the control group's limit and the
/// limit on the address space (ulimit -v). Found out once.
std::uint64_t machine_memory();

}  // namespace steady
