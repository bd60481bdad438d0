#include "nv/figures/style.h"

#include "nv/core/error.h"

namespace nv::figures {

std::vector<std::int64_t> chosen_channels(const Style& style, const std::string& layer, std::size_t count) {
  const auto channels = static_cast<std::int64_t>(count);
  if (const auto beyond = style.channels->first_beyond(channels))
    throw Error(
        ErrorKind::usage,
        fmt::format("--channel: expected channels of {}, 0 to {}, got {}", layer, channels - 1, *beyond),
        "--layers chooses the layers that have them");
  return style.channels->below(channels);
}

}  // namespace nv::figures
