# Installs the build in BUILD, builds the project EXAMPLE against it with FLAGS, runs it: by CMake and, where there is
# one, by PKG_CONFIG; then looks at what is installed: each public header must compile on its own by COMPILER.
set(prefix ${BUILD}/installed)
set(work ${BUILD}/linked_library)
file(REMOVE_RECURSE ${prefix} ${work})
foreach(step IN ITEMS
        "${CMAKE_COMMAND};--install;${BUILD};--prefix;${prefix}"
        "${CMAKE_COMMAND};-S;${EXAMPLE};-B;${work};-DCMAKE_PREFIX_PATH=${prefix};-DCMAKE_CXX_FLAGS=${FLAGS}"
        "${CMAKE_COMMAND};--build;${work}"
        "${work}/queue")
  execute_process(COMMAND ${step} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(PKG_CONFIG)
  file(GLOB_RECURSE description ${prefix}/steady.pc)
  cmake_path(GET description PARENT_PATH folder)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${folder} ${PKG_CONFIG} --cflags --libs steady
                  OUTPUT_VARIABLE options OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(options UNIX_COMMAND "${FLAGS} ${options}")
  execute_process(COMMAND ${COMPILER} ${EXAMPLE}/queue.cpp ${options} -o ${work}/queue_by_pkg_config
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${folder}/.. ${work}/queue_by_pkg_config
                  COMMAND_ERROR_IS_FATAL ANY)
endif()
foreach(file IN ITEMS share/bash-completion/completions/steady share/zsh/site-functions/_steady
        share/fish/vendor_completions.d/steady.fish share/man/man1/steady.1)
  file(SIZE ${prefix}/${file} size)
  if(size LESS 1000)
    message(FATAL_ERROR "${file}: installed with ${size} bytes")
  endif()
endforeach()

# The public headers and nothing else: no header of the library's own code, no folder of its sources.
file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*)
if(NOT headers)
  message(FATAL_ERROR "no header is installed")
endif()
foreach(header IN LISTS headers)
  if(NOT header MATCHES "^steady/[a-z_]+\\.hpp$" AND NOT header STREQUAL "steady/steady.h")
    message(FATAL_ERROR "${header}: installed, and no public header")
  endif()
  file(STRINGS ${prefix}/include/${header} includes REGEX "^#include")
  foreach(include IN LISTS includes)
    if(NOT include MATCHES "^#include <(steady/[a-z_]+\\.hpp|[a-z_]+|std[a-z]+\\.h)>$")
      message(FATAL_ERROR "${header}: ${include}: neither a public header nor one of the standard library")
    endif()
  endforeach()
  if(header STREQUAL "steady/steady.h")
    file(WRITE ${work}/alone.c "#include <${header}>\n#include <${header}>\n")
    execute_process(COMMAND ${C_COMPILER} -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I${prefix}/include
                            ${work}/alone.c COMMAND_ERROR_IS_FATAL ANY)
  endif()
  file(WRITE ${work}/alone.cpp "#include <${header}>\n#include <${header}>\n")
  execute_process(COMMAND ${COMPILER} -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I${prefix}/include
                          ${work}/alone.cpp COMMAND_ERROR_IS_FATAL ANY)
endforeach()
