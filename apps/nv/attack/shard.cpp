#include "attack/shard.h"

namespace nv {

std::pair<std::size_t, std::size_t> parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("--shard: expected I/N, got '{}'", one_line(text)),
                "--shard 1/4");
  const auto part = parse_number<std::size_t>(std::string_view(text).substr(0, slash), "--shard");
  const auto count = parse_number<std::size_t>(std::string_view(text).substr(slash + 1), "--shard");
  if (part < 1 || part > count || count > 1000000)
    throw Error(ErrorKind::usage,
                fmt::format("--shard: expected I/N with I from 1 to N, got {}/{}", part, count),
                "1/4 to 4/4");
  return {part - 1, count};
}

}  // namespace nv
