# Finds what the static libraries of nv link. Used by the build, and installed beside neuralvisConfig.cmake. Sets
# NV_MISSING_LIBRARIES to the names of those that were not found.
set(NV_MISSING_LIBRARIES "")
foreach(package Threads fmt nlohmann_json ZLIB PkgConfig)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    list(APPEND NV_MISSING_LIBRARIES ${package})
  endif()
endforeach()

# The CMake files of Debian's libzip and libdeflate are missing or broken, and FindHDF5 runs the h5cc wrapper, which
# takes ten times as long as pkg-config. HDF5: the C library, serial build.
if(PkgConfig_FOUND)
  foreach(module "HDF5 hdf5-serial" "LIBZIP libzip" "LIBDEFLATE libdeflate" "LIBWEBP libwebpdemux libwebp" "HARFBUZZ harfbuzz"
          "FONTCONFIG fontconfig")
    separate_arguments(module)
    list(POP_FRONT module name)
    pkg_check_modules(NV_${name} QUIET IMPORTED_TARGET ${module})
    if(NOT NV_${name}_FOUND)
      list(APPEND NV_MISSING_LIBRARIES ${module})
    endif()
  endforeach()
endif()

# Parts without a pkg-config file: HDF5's high-level library, and libharu, which writes PDF files.
find_library(NV_HDF5_HL NAMES hdf5_serial_hl hdf5_hl HINTS ${NV_HDF5_LIBRARY_DIRS})
find_path(NV_HPDF_INCLUDE_DIR hpdf.h)
find_library(NV_HPDF_LIBRARY hpdf)
mark_as_advanced(NV_HDF5_HL NV_HPDF_INCLUDE_DIR NV_HPDF_LIBRARY)
if(NOT NV_HDF5_HL)
  list(APPEND NV_MISSING_LIBRARIES hdf5_hl)
endif()
if(NOT NV_HPDF_INCLUDE_DIR OR NOT NV_HPDF_LIBRARY)
  list(APPEND NV_MISSING_LIBRARIES libharu)
endif()

if(NOT NV_MISSING_LIBRARIES AND NOT TARGET nv::hdf5)
  add_library(nv::hdf5 INTERFACE IMPORTED)
  target_link_libraries(nv::hdf5 INTERFACE ${NV_HDF5_HL} PkgConfig::NV_HDF5)
  add_library(nv::hpdf INTERFACE IMPORTED)
  target_include_directories(nv::hpdf INTERFACE ${NV_HPDF_INCLUDE_DIR})
  target_link_libraries(nv::hpdf INTERFACE ${NV_HPDF_LIBRARY})
endif()
