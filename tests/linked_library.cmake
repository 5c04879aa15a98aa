# Installs the build in BUILD, builds the project EXAMPLE against it with FLAGS, runs it.
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
foreach(file IN ITEMS share/bash-completion/completions/steady share/zsh/site-functions/_steady
        share/fish/vendor_completions.d/steady.fish share/man/man1/steady.1)
  file(SIZE ${prefix}/${file} size)
  if(size LESS 1000)
    message(FATAL_ERROR "${file}: installed with ${size} bytes")
  endif()
endforeach()
