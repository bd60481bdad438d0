# Everything comes from the distribution's packages (scripts/install-deps.sh); nothing is fetched while building.
include(LinkedLibraries)
if(NV_MISSING_LIBRARIES)
  list(JOIN NV_MISSING_LIBRARIES ", " missing)
  message(FATAL_ERROR "Not found: ${missing}. scripts/install-deps.sh installs what the build needs.")
endif()
find_package(CLI11 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)  # headers only: users of the library do not need them
find_package(benchmark QUIET)

# stb's headers, not libstb: the hook for the deflate of PNG files only takes effect in the file that compiles the source.
find_path(STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb REQUIRED)
add_library(nv_stb INTERFACE)
target_include_directories(nv_stb SYSTEM INTERFACE ${STB_INCLUDE_DIR})

# Liberation Sans (SIL Open Font License): the metrics of Arial and Helvetica, so that text in an SVG keeps its
# place whichever of them the reader's machine has.
find_file(NV_FONT_REGULAR LiberationSans-Regular.ttf REQUIRED
  PATHS /usr/share/fonts/truetype PATH_SUFFIXES liberation liberation2)
find_file(NV_FONT_BOLD LiberationSans-Bold.ttf REQUIRED
  PATHS /usr/share/fonts/truetype PATH_SUFFIXES liberation liberation2)
