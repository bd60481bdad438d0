# Installs nv/neuralvis.h and every header that it includes, directly or indirectly: the public interface. Headers of
# kernels and other internals are not reached, and are not installed. Set by the caller: NV_SOURCE_DIR, the folder above
# nv/, and NV_INCLUDE_DIR, where headers go, below CMAKE_INSTALL_PREFIX.
set(pending nv/neuralvis.h)
set(installed "")
while(pending)
  list(POP_FRONT pending header)
  if(header IN_LIST installed)
    continue()
  endif()
  list(APPEND installed ${header})
  get_filename_component(folder ${header} DIRECTORY)
  file(INSTALL ${NV_SOURCE_DIR}/${header} DESTINATION "${CMAKE_INSTALL_PREFIX}/${NV_INCLUDE_DIR}/${folder}")
  file(STRINGS ${NV_SOURCE_DIR}/${header} lines REGEX "^#include \"nv/")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
    list(APPEND pending ${included})
  endforeach()
endwhile()
