// Where an answer comes from.
#pragma once

#include <string>

namespace steady {

struct Build {
  const char* version;   // of the library, e.g. 0.1.0
  const char* commit;    // "-dirty" behind it where the sources differed from the commit; "unknown" without git
  const char* compiler;  // name, version and flags
};

extern const Build build;

// Model name of this machine's processor; "unknown" where the system does not say.
std::string cpu_name();

}  // namespace steady
