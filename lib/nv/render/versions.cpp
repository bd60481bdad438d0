#include "nv/render/versions.h"

#include <fmt/format.h>
#include <fontconfig/fontconfig.h>
#include <hb.h>
#include <hpdf.h>

namespace nv::render {

std::vector<std::pair<std::string, std::string>> library_versions() {
  const int fontconfig = FcGetVersion();
  return {
      {"libharu", HPDF_GetVersion()},
      {"harfbuzz", hb_version_string()},
      {"fontconfig", fmt::format("{}.{}.{}", fontconfig / 10000, fontconfig / 100 % 100, fontconfig % 100)}};
}

}  // namespace nv::render
