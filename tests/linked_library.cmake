# Installs the build in BUILD, builds the project EXAMPLE against it with FLAGS, runs it: by CMake and, where there is
# one, by PKG_CONFIG.
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
