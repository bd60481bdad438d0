#include "nv/data/cifar.h"

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

namespace {

constexpr std::size_t side = 32;
constexpr std::size_t plane = side * side;

struct Version {
  std::size_t label_bytes;  ///< before each picture
  int classes;              ///< of the last label
  int first_classes;        ///< of the first label: CIFAR-100's coarse one

  std::size_t record() const { return label_bytes + 3 * plane; }
};
constexpr Version cifar10{1, 10, 10};
constexpr Version cifar100{2, 100, 20};

bool fits_version(std::span<const std::byte> bytes, const Version& version) {
  if (bytes.empty() || bytes.size() % version.record() != 0) return false;
  for (std::size_t at = 0; at < bytes.size(); at += version.record())
    if (std::to_integer<int>(bytes[at]) >= version.first_classes ||
        std::to_integer<int>(bytes[at + version.label_bytes - 1]) >= version.classes)
      return false;
  return true;
}

}  // namespace

bool CifarRecords::fits(std::span<const std::byte> bytes) {
  return fits_version(bytes, cifar10) || fits_version(bytes, cifar100);
}

bool CifarRecords::fits_size(std::uint64_t bytes) {
  return bytes > 0 && (bytes % cifar10.record() == 0 || bytes % cifar100.record() == 0);
}

bool CifarRecords::may_begin(std::span<const std::byte> head) {
  return !head.empty() && std::to_integer<int>(head[0]) < std::max(cifar10.classes, cifar100.first_classes);
}

CifarRecords::CifarRecords(std::span<const std::byte> bytes, const std::string& file) : bytes_(bytes) {
  if (!fits(bytes)) throw_input("{}: not a CIFAR-10 or CIFAR-100 binary file", file);
  classes_ = fits_version(bytes, cifar10) ? cifar10.classes : cifar100.classes;
}

std::int64_t CifarRecords::size() const {
  return static_cast<std::int64_t>(bytes_.size() / (classes_ == 10 ? cifar10 : cifar100).record());
}

std::span<const std::byte> CifarRecords::record(std::int64_t i) const {
  const std::size_t size = (classes_ == 10 ? cifar10 : cifar100).record();
  return bytes_.subspan(static_cast<std::size_t>(i) * size, size);
}

std::int64_t CifarRecords::label(std::int64_t i) const {
  const auto bytes = record(i);
  return std::to_integer<std::int64_t>(bytes[bytes.size() - 3 * plane - 1]);
}

Picture CifarRecords::picture(std::int64_t i) const {
  const std::span<const std::byte> planes = record(i).last(3 * plane);
  Picture picture{side, side, 3, std::vector<std::uint8_t>(3 * plane)};
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t p = 0; p < plane; ++p)
      picture.pixels[3 * p + c] = std::to_integer<std::uint8_t>(planes[c * plane + p]);
  return picture;
}

}  // namespace nv
