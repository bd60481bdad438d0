# Headers and the CMake package of the library; nv_room() installs the libraries themselves.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/neuralvis)

install(CODE "set(NV_SOURCE_DIR \"${CMAKE_SOURCE_DIR}/lib\")\nset(NV_INCLUDE_DIR \"${CMAKE_INSTALL_INCLUDEDIR}\")"
  COMPONENT library)
install(SCRIPT ${CMAKE_SOURCE_DIR}/cmake/InstallHeaders.cmake COMPONENT library)

configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/neuralvisConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/neuralvisConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/neuralvisConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/neuralvisConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/neuralvisConfigVersion.cmake
  ${CMAKE_SOURCE_DIR}/cmake/LinkedLibraries.cmake DESTINATION ${package_dir} COMPONENT library)
install(EXPORT neuralvisTargets NAMESPACE nv:: DESTINATION ${package_dir} COMPONENT library)
