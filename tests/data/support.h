// Shared by the tests of reading: bytes, and temporary files.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/file.h"

namespace nv::test {

inline Bytes bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

inline Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

inline Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The message of the Error that `action` throws; "" if it throws none.
template <typename Action>
std::string error_of(const Action& action, ErrorKind kind = ErrorKind::input) {
  try {
    action();
  } catch (const Error& e) {
    return e.kind() == kind ? e.what() : std::string("another kind of error: ") + e.what();
  }
  return "";
}

/// An empty directory, removed at the end of a test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nv-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, std::span<const std::byte> bytes) const {
    write_file(path(name), bytes);
    return path(name);
  }
  std::string write(const std::string& name, std::string_view text) const {
    return write(name, bytes_of(text));
  }

 private:
  std::string path_;
};

/// A grey picture as a PGM file.
inline Bytes pgm(int width, int height, unsigned char value) {
  const std::string header = fmt::format("P5\n{} {}\n255\n", width, height);
  return joined(bytes_of(header),
                Bytes(static_cast<std::size_t>(width * height), static_cast<std::byte>(value)));
}

/// IDX pictures of uint8; picture n is filled with n.
inline Bytes idx_pictures(int count, int height, int width) {
  Bytes bytes = bytes_of(std::string_view("\0\0\x08\x03", 4));
  for (const int n : {count, height, width})
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::byte>(n >> shift & 255));
  for (int i = 0; i < count; ++i)
    bytes.insert(bytes.end(), static_cast<std::size_t>(height * width), static_cast<std::byte>(i));
  return bytes;
}

inline Bytes idx_labels(std::initializer_list<int> labels) {
  Bytes bytes = bytes_of(std::string_view("\0\0\x08\x01\0\0\0", 7));
  bytes.push_back(static_cast<std::byte>(labels.size()));
  for (const int label : labels) bytes.push_back(static_cast<std::byte>(label));
  return bytes;
}

/// A CIFAR-10 record whose planes are filled with these values.
inline Bytes cifar10_record(int label, int red, int green, int blue) {
  Bytes bytes{static_cast<std::byte>(label)};
  for (const int value : {red, green, blue}) bytes.insert(bytes.end(), 1024, static_cast<std::byte>(value));
  return bytes;
}

}  // namespace nv::test
