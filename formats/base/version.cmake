# Writes OUTPUT, the C++ file that says which sources this build comes from; run in every build.
execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=* WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include <steady/version.hpp>

const steady::Build steady::build{"@VERSION@", "@commit@", "@COMPILER@"};
]])
