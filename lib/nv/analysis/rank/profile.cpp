#include "nv/analysis/rank/profile.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/npz.h"

namespace nv::rank {

namespace {

constexpr std::int64_t version = 1;
constexpr std::string_view ranges_prefix = "ranges/", activations_prefix = "activations/",
                           moments_prefix = "moments/";

/// Arrays of a file, checked.
class ProfileReader {
 public:
  ProfileReader(const std::string& file, const Engine& engine)
      : npz_(std::make_shared<FileReader>(file)), file_(file), engine_(engine) {
    const Model& model = engine.model();
    for (std::size_t n = 0; n < model.nodes.size(); ++n) nodes_[model.nodes[n].path] = n;
  }

  bool has(const std::string& name) const { return npz_.contains(name); }
  const std::vector<std::string>& names() const { return npz_.names(); }

  /// Number of units of a layer of the model.
  std::int64_t units(const std::string& path) const {
    const auto found = nodes_.find(path);
    const auto* const shape =
        found == nodes_.end() ? nullptr : &engine_.structure().nodes[found->second].output;
    if (shape == nullptr || !*shape || !(*shape)->known())
      throw_input("{}: the model has no layer '{}' of known size", file_, one_line(path));
    return (*shape)->elements();
  }
  std::size_t node(const std::string& path) const { return nodes_.at(path); }

  NpyArray array(const std::string& name, const Shape& shape) const {
    NpyArray array = npz_.read(name);
    if (array.shape != shape)
      throw_input("{}: array '{}' has the shape {}, expected {}", file_, one_line(name), array.shape.str(),
                  shape.str());
    return array;
  }
  std::vector<float> floats(const std::string& name, std::int64_t count) const {
    const Tensor values = tensor(name, {count});
    return {values.values().begin(), values.values().end()};
  }
  Tensor tensor(const std::string& name, const Shape& shape) const {
    Tensor values = array(name, shape).as_float();
    check_finite(name, std::span<const float>(values.values()));
    return values;
  }
  std::vector<double> doubles(const std::string& name, const Shape& shape) const {
    const NpyArray a = array(name, shape);
    if (a.type != ScalarType::float64)
      throw_input("{}: array '{}' is of type {}, expected float64", file_, one_line(name),
                  scalar_name(a.type));
    std::vector<double> values(static_cast<std::size_t>(shape.elements()));
    std::memcpy(values.data(), a.raw.data(), values.size() * sizeof(double));
    check_finite(name, std::span<const double>(values));
    return values;
  }
  std::vector<std::int64_t> integers(const std::string& name, std::int64_t count, std::int64_t most) const {
    std::vector<std::int64_t> values = array(name, {count}).as_integers(file_);
    for (const std::int64_t v : values)
      if (v < 0 || v >= most)
        throw_input("{}: array '{}' holds {}, expected 0 to {}", file_, one_line(name), v, most - 1);
    return values;
  }

 private:
  template <typename Number>
  void check_finite(const std::string& name, std::span<const Number> values) const {
    if (!std::ranges::all_of(values, [](Number v) { return std::isfinite(v); }))
      throw_input("{}: array '{}' holds NaN or infinite values", file_, one_line(name));
  }

  NpzReader npz_;
  std::string file_;
  const Engine& engine_;
  std::map<std::string, std::size_t> nodes_;
};

/// "conv1" of "ranges/conv1/min"; "" if the name is another.
std::string path_in(const std::string& name, std::string_view prefix, std::string_view suffix) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= prefix.size() + suffix.size())
    return "";
  return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
}

void read_ranges(const ProfileReader& reader, Profile& profile) {
  std::map<std::size_t, UnitRanges> by_node;
  for (const std::string& name : reader.names()) {
    const std::string path = path_in(name, ranges_prefix, "/min");
    if (path.empty()) continue;
    const std::int64_t units = reader.units(path);
    const std::string stem = std::string(ranges_prefix) + path;
    UnitRanges ranges{path, reader.floats(stem + "/min", units), reader.floats(stem + "/max", units),
                      reader.floats(stem + "/std", units)};
    for (std::size_t u = 0; u < ranges.min.size(); ++u)
      if (ranges.min[u] > ranges.max[u] || ranges.std[u] < 0)
        throw_input("{}: the ranges of layer '{}' are not valid", profile.file, one_line(path));
    by_node[reader.node(path)] = std::move(ranges);
  }
  for (auto& [node, ranges] : by_node) profile.ranges.push_back(std::move(ranges));
}

void read_activations(const ProfileReader& reader, std::int64_t classes, Profile& profile) {
  for (const std::string& name : reader.names()) {
    const std::string path = path_in(name, activations_prefix, "/values");
    if (path.empty()) continue;
    if (profile.activations) throw_input("{}: activations of more than one layer", profile.file);
    const std::string stem = std::string(activations_prefix) + path;
    LayerActivations layer{path,
                           reader.tensor(name, {profile.inputs, reader.units(path)}),
                           reader.integers(stem + "/classes", profile.inputs, classes),
                           {}};
    if (reader.has(stem + "/truth")) layer.truth = reader.integers(stem + "/truth", profile.inputs, classes);
    profile.activations = std::move(layer);
  }
}

void read_moments(const ProfileReader& reader, Profile& profile) {
  for (const std::string& name : reader.names()) {
    const std::string path = path_in(name, moments_prefix, "/mean");
    if (path.empty()) continue;
    if (profile.moments) throw_input("{}: moments of more than one layer", profile.file);
    const std::int64_t units = reader.units(path);
    const std::string stem = std::string(moments_prefix) + path;
    profile.moments = LayerMoments{path, reader.doubles(name, {units}),
                                   reader.doubles(stem + "/covariance", {units, units})};
  }
  if (profile.moments && profile.activations && profile.moments->path != profile.activations->path)
    throw_input("{}: moments and activations are of different layers", profile.file);
}

}  // namespace

ProfileParts& ProfileParts::operator|=(const ProfileParts& other) {
  ranges = ranges || other.ranges;
  activations = activations || other.activations;
  moments = moments || other.moments;
  return *this;
}

std::string Profile::layer() const {
  return activations ? activations->path : moments ? moments->path : "";
}

Bytes encode_profile(const Profile& profile) {
  std::vector<std::pair<std::string, Bytes>> files;
  const std::int64_t head[] = {version, profile.inputs};
  files.emplace_back("nv_profile", encode_npy(std::span<const std::int64_t>(head)));
  const std::vector<std::int64_t> letters(profile.sha256.begin(), profile.sha256.end());
  files.emplace_back("model_sha256", encode_npy(letters));
  const auto row = [](const std::vector<float>& values) {
    return encode_npy(Tensor({static_cast<std::int64_t>(values.size())}, values));
  };
  for (const UnitRanges& r : profile.ranges) {
    const std::string stem = std::string(ranges_prefix) + r.path;
    files.emplace_back(stem + "/min", row(r.min));
    files.emplace_back(stem + "/max", row(r.max));
    files.emplace_back(stem + "/std", row(r.std));
  }
  if (const auto& a = profile.activations) {
    const std::string stem = std::string(activations_prefix) + a->path;
    files.emplace_back(stem + "/values", encode_npy(a->values));
    files.emplace_back(stem + "/classes", encode_npy(a->classes));
    if (!a->truth.empty()) files.emplace_back(stem + "/truth", encode_npy(a->truth));
  }
  if (const auto& m = profile.moments) {
    const std::string stem = std::string(moments_prefix) + m->path;
    const auto units = static_cast<std::int64_t>(m->mean.size());
    files.emplace_back(stem + "/mean", encode_npy(m->mean, {units}));
    files.emplace_back(stem + "/covariance", encode_npy(m->covariance, {units, units}));
  }
  return pack_npz(files);
}

Profile read_profile(const std::string& file, const Engine& engine, const std::string& model_sha256,
                     std::int64_t classes) {
  const ProfileReader reader(file, engine);
  if (!reader.has("nv_profile") || !reader.has("model_sha256"))
    throw Error(ErrorKind::input, fmt::format("{}: is not a profile of nv rank", file),
                "nv rank MODEL INPUT... --make-profile FILE.npz makes one");
  const std::vector<std::int64_t> head = reader.integers("nv_profile", 2, INT64_MAX);
  if (head[0] != version) throw_input("{}: version {} of profiles, expected {}", file, head[0], version);
  if (head[1] < 1) throw_input("{}: a profile of {} inputs", file, head[1]);
  Profile profile;
  profile.file = file;
  profile.inputs = head[1];
  for (const std::int64_t letter : reader.integers("model_sha256", 64, 128))
    profile.sha256 += static_cast<char>(letter);
  if (profile.sha256 != model_sha256)
    throw Error(
        ErrorKind::input,
        fmt::format("{}: is of another model: its hash begins with {}, that of {} with {}", file,
                    one_line(profile.sha256.substr(0, 12)), engine.model().file, model_sha256.substr(0, 12)),
        "make it again with this model");
  read_ranges(reader, profile);
  read_activations(reader, classes, profile);
  read_moments(reader, profile);
  if (!profile.parts().any()) throw_input("{}: holds no part of a profile", file);
  return profile;
}

}  // namespace nv::rank
