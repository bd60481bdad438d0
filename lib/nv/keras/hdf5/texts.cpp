#include "nv/keras/hdf5/texts.h"

#include "nv/keras/hdf5/handle.h"

namespace nv {

namespace {

using Texts = std::vector<std::string>;
using Read = std::function<herr_t(hid_t, void*)>;

constexpr std::size_t most_bytes = std::size_t{1} << 28;

std::optional<Texts> read_variable(hid_t type, std::size_t count, const Read& read) {
  const Hdf5Id memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory.get(), H5T_VARIABLE);
  H5Tset_cset(memory.get(), H5Tget_cset(type));
  std::vector<char*> pointers(count, nullptr);
  const bool whole = read(memory.get(), static_cast<void*>(pointers.data())) >= 0;
  Texts texts;
  for (char* p : pointers) {
    if (whole) texts.emplace_back(p == nullptr ? "" : p);
    if (p != nullptr) H5free_memory(p);
  }
  return whole ? std::optional(std::move(texts)) : std::nullopt;
}

std::optional<Texts> read_fixed(hid_t type, std::size_t count, const Read& read) {
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > most_bytes / count) return std::nullopt;
  std::vector<char> buffer(size * count);
  if (read(type, static_cast<void*>(buffer.data())) < 0) return std::nullopt;
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text(buffer.data() + i * size, size);
    text.erase(text.find_last_not_of('\0') + 1);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

std::optional<Texts> read_texts(hid_t type, std::size_t count, const Read& read) {
  return H5Tis_variable_str(type) > 0 ? read_variable(type, count, read) : read_fixed(type, count, read);
}

}  // namespace nv
