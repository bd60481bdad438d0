#include "nv/data/idx.h"

#include <array>
#include <optional>

#include "nv/core/error.h"

namespace nv {

namespace {

std::optional<ScalarType> type_of(std::byte code) {
  switch (std::to_integer<int>(code)) {
    case 0x08:
      return ScalarType::uint8;
    case 0x09:
      return ScalarType::int8;
    case 0x0B:
      return ScalarType::int16;
    case 0x0C:
      return ScalarType::int32;
    case 0x0D:
      return ScalarType::float32;
    case 0x0E:
      return ScalarType::float64;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool is_idx(std::span<const std::byte> head) {
  return head.size() >= 8 && head[0] == std::byte{0} && head[1] == std::byte{0} && type_of(head[2]) &&
         head[3] >= std::byte{1} && head[3] <= std::byte{Shape::max_rank};
}

IdxHeader parse_idx_header(std::span<const std::byte> head, const std::string& file) {
  if (!is_idx(head)) throw_input("{}: not an IDX file", file);
  const auto rank = std::to_integer<std::size_t>(head[3]);
  if (head.size() < 4 + 4 * rank) throw_input("{}: the IDX header is cut short", file);
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    std::int64_t size = 0;
    for (std::size_t b = 0; b < 4; ++b)
      size = size << 8 | std::to_integer<std::int64_t>(head[4 + 4 * axis + b]);
    axes.push_back(size);
  }
  IdxHeader header{Shape(axes), *type_of(head[2]), 4 + 4 * rank};
  try {
    header.shape.elements();
  } catch (const Error& e) {
    throw_input("{}: {}", file, e.what());
  }
  return header;
}

NpyArray read_idx(HeadStream& stream, const std::string& file) {
  constexpr std::size_t longest = 4 + 4 * Shape::max_rank;
  const IdxHeader header = parse_idx_header(stream.head(longest), file);
  Bytes skipped(header.data_offset);
  stream.read(skipped);
  const auto wanted = static_cast<std::uint64_t>(header.shape.elements() * scalar_bytes(header.type));
  const auto wrong_size = [&](const std::string& there) {
    throw_input("{}: {} bytes after the IDX header, {} {} need {}", file, there, header.shape.str(),
                scalar_name(header.type), wanted);
  };
  const std::uint64_t most = stream.most();
  if (stream.size_known() && most != wanted) wrong_size(std::to_string(most));
  if (most < wanted) wrong_size(fmt::format("at most {}", most));
  NpyArray array{header.shape, header.type, room_for(header.shape, header.type, most, file)};
  if (const std::size_t there = append(stream, array.raw, static_cast<std::size_t>(wanted)); there < wanted)
    wrong_size(std::to_string(there));
  // Reading beyond the end of a packed stream checks its checksum.
  std::array<std::byte, 1> beyond{};
  if (stream.read(beyond) > 0) wrong_size(fmt::format("more than {}", wanted));
  swap_bytes(array.raw, static_cast<std::size_t>(scalar_bytes(header.type)));
  return array;
}

}  // namespace nv
