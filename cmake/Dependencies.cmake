# Everything comes from the distribution's packages (scripts/install-deps.sh); nothing is fetched while building.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(benchmark QUIET)

# HDF5's C library, serial build. FindHDF5 runs the h5cc wrapper; pkg-config says the same in a tenth of the time.
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
find_library(NV_HDF5_HL NAMES hdf5_serial_hl hdf5_hl HINTS ${HDF5_LIBRARY_DIRS} REQUIRED)
# The CMake files of Debian's libzip, libdeflate and stb are missing or broken.
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(LIBWEBP REQUIRED IMPORTED_TARGET libwebpdemux libwebp)
# libharu, for PDF files, has neither.
find_path(HPDF_INCLUDE_DIR hpdf.h REQUIRED)
find_library(HPDF_LIBRARY hpdf REQUIRED)
add_library(nv_hpdf INTERFACE)
target_include_directories(nv_hpdf SYSTEM INTERFACE ${HPDF_INCLUDE_DIR})
target_link_libraries(nv_hpdf INTERFACE ${HPDF_LIBRARY})
# stb's headers, not libstb: the hook for the deflate of PNG files only takes effect where the source is compiled.
find_path(STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb REQUIRED)
add_library(nv_stb INTERFACE)
target_include_directories(nv_stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})

# Liberation Sans (SIL Open Font License): the metrics of Arial and Helvetica, so that text in an SVG keeps its
# place whichever of them the reader's machine has.
find_file(NV_FONT_REGULAR LiberationSans-Regular.ttf REQUIRED
  PATHS /usr/share/fonts/truetype PATH_SUFFIXES liberation liberation2)
find_file(NV_FONT_BOLD LiberationSans-Bold.ttf REQUIRED
  PATHS /usr/share/fonts/truetype PATH_SUFFIXES liberation liberation2)
