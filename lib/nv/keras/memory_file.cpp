#include "nv/keras/memory_file.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/architecture.h"
#include "nv/keras/error_context.h"
#include "nv/keras/weights/weights.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view memory_magic = "nvfile01";
constexpr std::size_t memory_head = 16;
constexpr std::size_t most_header_depth = 64;  // of the JSON, in which configurations are texts

std::string plain_path(const std::string& path) {
  const std::size_t first = path.find_first_not_of('/');
  return first == std::string::npos ? "" : path.substr(first);
}

/// The groups and datasets of an HDF5 file, in memory.
class MemoryFile final : public WeightFile {
 public:
  /// `numbers`: where the numbers begin in `bytes`.
  MemoryFile(std::shared_ptr<const Bytes> bytes, std::size_t numbers, std::string file, const Json& json)
      : bytes_(std::move(bytes)), numbers_(numbers), file_(std::move(file)) {
    for (const Json& group : json.at("groups")) {
      auto& texts = groups_[plain_path(group.at("path").get<std::string>())];
      for (const auto& [name, text] : group.at("texts").items())
        texts[name] =
            text.is_array() ? text.get<std::vector<std::string>>() : std::vector{text.get<std::string>()};
    }
    for (const Json& dataset : json.at("datasets")) add_dataset(dataset);
    for (const auto& [path, texts] : groups_) add_member(path);
    for (const auto& [path, dataset] : datasets_) add_member(path);
  }

  const std::string& file() const override { return file_; }
  bool is_group(const std::string& path) const override { return groups_.contains(plain_path(path)); }
  bool is_dataset(const std::string& path) const override { return datasets_.contains(plain_path(path)); }
  std::vector<std::string> members(const std::string& group) const override {
    const auto at = members_.find(plain_path(group));
    return at == members_.end() ? std::vector<std::string>()
                                : std::vector(at->second.begin(), at->second.end());
  }

  bool has_attribute(const std::string& object, const std::string& name) const override {
    return find(object, name) != nullptr;
  }
  std::optional<std::string> text(const std::string& object, const std::string& name) const override {
    const std::vector<std::string>* const texts = find(object, name);
    return texts == nullptr || texts->empty() ? std::nullopt : std::optional(texts->front());
  }
  std::vector<std::string> texts(const std::string& object, const std::string& name) const override {
    if (const auto* whole = find(object, name)) return *whole;
    std::vector<std::string> joined;
    for (int i = 0;; ++i) {
      const auto* const part = find(object, fmt::format("{}{}", name, i));
      if (part == nullptr) return joined;
      joined.insert(joined.end(), part->begin(), part->end());
    }
  }

  DatasetInfo describe(const std::string& dataset) const override {
    const Dataset& d = at(dataset);
    return {d.shape, d.dtype, true};
  }
  Tensor read(const std::string& dataset) const override {
    const Dataset& d = at(dataset);
    if (!d.offset) throw_input("{}: dataset {} could not be read", file_, one_line(dataset));
    return Tensor::view(d.shape, bytes_, reinterpret_cast<const float*>(bytes_->data() + *d.offset));
  }

 private:
  struct Dataset {
    Shape shape;
    std::string dtype;
    std::optional<std::size_t> offset;  ///< in bytes_; nullopt if its numbers are not there
  };

  void add_dataset(const Json& json) {
    const auto path = plain_path(json.at("path").get<std::string>());
    Dataset d{
        Shape(json.at("shape").get<std::vector<std::int64_t>>()), json.at("dtype").get<std::string>(), {}};
    const auto size = static_cast<std::uint64_t>(d.shape.elements());
    if (!json.at("at").is_null()) {
      const std::uint64_t from = json["at"].get<std::uint64_t>(),
                          room = (bytes_->size() - numbers_) / sizeof(float);
      if (!json["at"].is_number_unsigned() || from > room || size > room - from)
        throw_input("dataset {} is cut short", one_line(path));
      d.offset = numbers_ + static_cast<std::size_t>(from) * sizeof(float);
    }
    datasets_[path] = std::move(d);
  }

  /// Enters `path` into the groups above it, which exist then.
  void add_member(const std::string& path) {
    if (path.empty()) return;
    const std::size_t slash = path.rfind('/');
    const std::string above = slash == std::string::npos ? "" : path.substr(0, slash);
    members_[above].insert(slash == std::string::npos ? path : path.substr(slash + 1));
  }

  const std::vector<std::string>* find(const std::string& object, const std::string& name) const {
    const auto group = groups_.find(plain_path(object));
    if (group == groups_.end()) return nullptr;
    const auto at = group->second.find(name);
    return at == group->second.end() ? nullptr : &at->second;
  }
  const Dataset& at(const std::string& dataset) const {
    const auto at = datasets_.find(plain_path(dataset));
    if (at == datasets_.end()) throw_input("{}: there is no dataset {}", file_, one_line(dataset));
    return at->second;
  }

  std::shared_ptr<const Bytes> bytes_;
  std::size_t numbers_;
  std::string file_;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> groups_;  // texts by name
  std::map<std::string, Dataset> datasets_;
  std::map<std::string, std::set<std::string>> members_;
};

/// The JSON, and where the numbers begin.
std::pair<Json, std::size_t> header_of(std::span<const std::byte> bytes) {
  if (!is_memory_file(bytes) || bytes.size() < memory_head) throw_input("not a model file in memory");
  const std::uint64_t length = little_endian(bytes, memory_magic.size(), 8);
  if (length > bytes.size() - memory_head) throw_input("its header is cut short");
  const auto size = static_cast<std::size_t>(length);
  const std::size_t numbers = (memory_head + size + 3) / 4 * 4;
  if (numbers > bytes.size()) throw_input("its header is cut short");
  const std::string_view text = as_text(bytes.subspan(memory_head, size));
  if (json_depth(text) > most_header_depth) throw_input("its header is nested too deeply");
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) throw_input("its header is not JSON");
  return {std::move(json), numbers};
}

std::optional<std::string> text_of(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at == json.end() || at->is_null() ? std::nullopt : std::optional(at->get<std::string>());
}

}  // namespace

bool is_memory_file(std::span<const std::byte> bytes) {
  return starts_with(bytes, memory_magic);
}

Model open_memory_file(std::shared_ptr<const Bytes> bytes, const std::string& file) {
  try {
    const auto [json, numbers] = header_of(*bytes);
    const auto h5 = std::make_shared<const MemoryFile>(std::move(bytes), numbers, file, json);
    const std::optional<std::string> config = text_of(json, "config");
    Architecture a = config ? read_keras3_texts(*config, text_of(json, "metadata")) : read_h5_model(h5, true);
    if (config && !bind_any_weights(h5, a))
      a.missing = "a Keras archive without weights (no model.weights.h5)";
    a.model.file = file;
    if (!a.missing.empty()) {
      a.model.notes.push_back(a.missing);
      add_placeholder_weights(a.model, fmt::format("{}: {}", file, a.missing), "");
    }
    return std::move(a.model);
  } catch (const Json::exception& e) {
    throw_input("{}: {}", file, one_line(e.what()));
  } catch (const Error& e) {
    throw at_file(e, file);
  }
}

}  // namespace nv
