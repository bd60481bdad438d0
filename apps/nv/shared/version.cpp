#include "shared/version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <CLI/Version.hpp>

#include "nv/keras/archive/archive.h"
#include "nv/keras/hdf5/file.h"
#include "nv/kernels/kernel_set.h"
#include "nv/render/versions.h"
#include "nv/report/json.h"

namespace nv {

namespace {

/// Instruction sets of this CPU that kernels can use.
std::vector<std::string> cpu_features() {
  std::vector<std::string> features;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) features.emplace_back("sse4.2");
  if (__builtin_cpu_supports("avx2")) features.emplace_back("avx2");
  if (__builtin_cpu_supports("fma")) features.emplace_back("fma");
  if (__builtin_cpu_supports("avx512f")) features.emplace_back("avx512f");
#endif
  return features;
}

Json versions() {
  Json json{
      {"schema", schema_id("version")},
      {"nv", NV_VERSION},
      {"hdf5", hdf5_version()},
      {"libzip", libzip_version()},
      {"cli11", CLI11_VERSION},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)}};
  for (const auto& [name, version] : render::library_versions()) json[name] = version;
  json["isa"] = kernel_set().name;
  json["cpu"] = cpu_features();
  return json;
}

}  // namespace

std::string version_json() {
  return document(versions());
}

std::string version_text() {
  std::string text;
  const Json json = versions();
  for (const auto& [key, value] : json.items()) {
    if (key == "schema") continue;
    std::string shown = value.is_string()
                            ? value.get<std::string>()
                            : fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), " "));
    text += fmt::format("{:<10} {}\n", key, shown);
  }
  return text;
}

}  // namespace nv
