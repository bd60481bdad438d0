#include "nv/model/packed.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/half.h"
#include "nv/core/text.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

// The magic, the length of the JSON as 8 bytes, the JSON, and the weights one after another, each at a
// multiple of 4.
constexpr std::string_view magic = "nvmodel1";
constexpr std::size_t head = 16;
constexpr std::size_t alignment = 4;
constexpr std::size_t most_depth = 1000;  // of nested JSON
constexpr std::size_t most_nodes = 1'000'000;

std::size_t aligned(std::size_t n) {
  return (n + alignment - 1) / alignment * alignment;
}

std::size_t width(WeightPrecision precision) {
  return precision == WeightPrecision::half ? 2 : 4;
}

// ---------------------------------------------------------------- writing

Json ports_json(const std::vector<Port>& ports) {
  Json list = Json::array();
  for (const Port& p : ports) list.push_back({{"name", p.name}, {"node", p.value.node}});
  return list;
}

Json layer_json(const LayerSpec& layer) {
  Json weights = Json::array();
  for (const Weight& w : layer.weights)
    weights.push_back({{"name", w.name}, {"shape", w.shape.axes()}, {"dtype", w.dtype}});
  return {{"path", layer.path},       {"name", layer.name},           {"kind", layer.kind},
          {"package", layer.package}, {"trainable", layer.trainable}, {"config", layer.config.json()},
          {"weights", weights}};
}

Json node_json(const Node& node) {
  Json inputs = Json::array();
  for (const Value& v : node.inputs) inputs.push_back(v.node);
  return {{"path", node.path},
          {"layer", node.layer},
          {"inputs", inputs},
          {"output", node.output},
          {"arguments", node.arguments.json()}};
}

Json model_json(const Model& m) {
  Json layers = Json::array(), nodes = Json::array();
  for (const LayerSpec& layer : m.layers) layers.push_back(layer_json(layer));
  for (const Node& node : m.nodes) nodes.push_back(node_json(node));
  return {{"format", m.format},
          {"keras_version", m.keras_version},
          {"name", m.name},
          {"kind", m.kind},
          {"origin", {{"keras_major", m.origin.keras_major}, {"backend", m.origin.backend}}},
          {"layers", layers},
          {"nodes", nodes},
          {"inputs", ports_json(m.inputs)},
          {"outputs", ports_json(m.outputs)},
          {"notes", m.notes}};
}

void append_half(const Tensor& numbers, const std::string& name, std::byte* to) {
  for (const float x : numbers.values()) {
    const std::uint16_t half = to_half(x);
    if (std::isfinite(x) && std::isinf(from_half(half)))
      throw Error(ErrorKind::input,
                  fmt::format("weight {} holds {}, which is too large for float16", one_line(name), x),
                  "without --half weights are kept as float32");
    std::memcpy(to, &half, sizeof half);
    to += sizeof half;
  }
}

void append_weight(const Weight& weight, WeightPrecision precision, Bytes& into) {
  const Tensor numbers = weight.data->read();
  const std::size_t at = into.size(), size = static_cast<std::size_t>(numbers.size()) * width(precision);
  into.resize(at + aligned(size));
  if (precision == WeightPrecision::half)
    append_half(numbers, weight.name, into.data() + at);
  else if (size > 0)
    std::memcpy(into.data() + at, numbers.data(), size);
}

// ---------------------------------------------------------------- reading

[[noreturn]] void throw_damaged(std::string_view what) {
  throw_input("a damaged packed model: {}", what);
}

class PackedWeight final : public WeightData {
 public:
  PackedWeight(std::shared_ptr<const Bytes> bytes, std::size_t offset, Shape shape, WeightPrecision precision)
      : bytes_(std::move(bytes)), offset_(offset), shape_(shape), precision_(precision) {}

  Tensor read() const override {
    const std::byte* from = bytes_->data() + offset_;
    // Where they lie is a multiple of `alignment`, so that the weights are in memory once.
    if (precision_ == WeightPrecision::single)
      return Tensor::view(shape_, bytes_, reinterpret_cast<const float*>(from));
    Tensor numbers(shape_);
    for (float& x : numbers.values()) {
      std::uint16_t half = 0;
      std::memcpy(&half, from, sizeof half);
      x = from_half(half);
      from += sizeof half;
    }
    return numbers;
  }

 private:
  std::shared_ptr<const Bytes> bytes_;
  std::size_t offset_;
  Shape shape_;
  WeightPrecision precision_;
};

/// Reads the JSON of a model; weights get their numbers from the bytes after it.
class Unpacker {
 public:
  Unpacker(std::shared_ptr<const Bytes> bytes, std::size_t at, WeightPrecision precision)
      : bytes_(std::move(bytes)), at_(at), precision_(precision) {}

  Model read(const Json& json) {
    Model m;
    m.format = json.at("format").get<std::string>();
    m.keras_version = one_line(json.at("keras_version").get<std::string>());
    m.name = json.at("name").get<std::string>();
    m.kind = json.at("kind").get<std::string>();
    m.origin.keras_major = json.at("origin").at("keras_major").get<int>();
    m.origin.backend = json.at("origin").at("backend").get<std::string>();
    m.notes = json.at("notes").get<std::vector<std::string>>();
    for (const Json& layer : json.at("layers")) m.layers.push_back(read_layer(layer));
    if (json.at("nodes").size() > most_nodes) throw_damaged("too many nodes");
    for (const Json& node : json.at("nodes")) m.nodes.push_back(read_node(node, m));
    m.inputs = read_ports(json.at("inputs"), m);
    m.outputs = read_ports(json.at("outputs"), m);
    check_inputs(m);
    if (at_ != bytes_->size()) throw_damaged("it does not end with its last weight");
    return m;
  }

 private:
  LayerSpec read_layer(const Json& json) {
    LayerSpec layer;
    layer.path = one_line(json.at("path").get<std::string>());
    layer.name = json.at("name").get<std::string>();
    layer.kind = one_line(json.at("kind").get<std::string>());
    layer.package = one_line(json.at("package").get<std::string>());
    layer.trainable = json.at("trainable").get<bool>();
    layer.config = Config(json.at("config"));
    for (const Json& weight : json.at("weights")) layer.weights.push_back(read_weight(weight));
    if (!layer_paths_.insert(layer.path).second) throw_damaged("two layers have one path");
    return layer;
  }

  Weight read_weight(const Json& json) {
    const auto axes = json.at("shape").get<std::vector<std::int64_t>>();
    const Shape shape(axes);
    const auto left = static_cast<std::int64_t>((bytes_->size() - at_) / width(precision_));
    if (!shape.known() || shape.elements() > left) throw_damaged("a weight is cut short");
    const std::size_t size = aligned(static_cast<std::size_t>(shape.elements()) * width(precision_));
    if (size > bytes_->size() - at_) throw_damaged("a weight is cut short");
    auto data = std::make_shared<PackedWeight>(bytes_, at_, shape, precision_);
    at_ += size;
    return {json.at("name").get<std::string>(), shape, json.at("dtype").get<std::string>(), std::move(data)};
  }

  Node read_node(const Json& json, const Model& m) {
    Node node;
    node.path = one_line(json.at("path").get<std::string>());
    node.layer = index(json.at("layer"), m.layers.size());
    for (const Json& input : json.at("inputs")) node.inputs.push_back({index(input, m.nodes.size())});
    node.output = index(json.at("output"), most_nodes);
    node.arguments = Config(json.at("arguments"));
    if (!json.at("arguments").is_object()) throw_damaged("arguments of a call are no object");
    if (node.inputs.empty() && m.layer_of(node).kind != "InputLayer") throw_damaged("a layer without inputs");
    if (!node_paths_.insert(node.path).second) throw_damaged("two nodes have one path");
    return node;
  }

  static std::vector<Port> read_ports(const Json& json, const Model& m) {
    std::vector<Port> ports;
    for (const Json& port : json)
      ports.push_back({port.at("name").get<std::string>(), {index(port.at("node"), m.nodes.size())}});
    if (ports.empty()) throw_damaged("no inputs or no outputs");
    return ports;
  }

  /// The model's inputs must be all nodes without inputs, each once.
  static void check_inputs(const Model& m) {
    std::set<int> ports;
    for (const Port& p : m.inputs)
      if (!m.node(p.value).inputs.empty() || !ports.insert(p.value.node).second)
        throw_damaged("an input of the model is not one");
    const auto is_input = [](const Node& node) { return node.inputs.empty(); };
    if (static_cast<std::size_t>(std::ranges::count_if(m.nodes, is_input)) != ports.size())
      throw_damaged("the list of inputs is not complete");
  }

  static int index(const Json& json, std::size_t size) {
    const auto i = json.get<std::int64_t>();
    if (!json.is_number_integer() || i < 0 || static_cast<std::uint64_t>(i) >= size)
      throw_damaged("an index is out of range");
    return static_cast<int>(i);
  }

  std::shared_ptr<const Bytes> bytes_;
  std::size_t at_;  // of the next weight
  WeightPrecision precision_;
  std::set<std::string> layer_paths_, node_paths_;
};

}  // namespace

std::uint64_t packed_size(const Model& model, WeightPrecision precision) {
  return static_cast<std::uint64_t>(model.parameters()) * width(precision);
}

Bytes pack_model(const Model& model, const Config& about, WeightPrecision precision) {
  const Json json{
      {"half", precision == WeightPrecision::half}, {"model", model_json(model)}, {"about", about.json()}};
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  Bytes bytes = to_bytes(magic);
  const std::uint64_t length = text.size();
  for (std::size_t i = 0; i < sizeof length; ++i)
    bytes.push_back(static_cast<std::byte>(length >> 8 * i & 0xFF));
  const Bytes text_bytes = to_bytes(text);
  bytes.insert(bytes.end(), text_bytes.begin(), text_bytes.end());
  bytes.resize(aligned(bytes.size()));
  bytes.reserve(bytes.size() + packed_size(model, precision) + alignment * 4 * model.layers.size());
  for (const LayerSpec& layer : model.layers)
    for (const Weight& weight : layer.weights) append_weight(weight, precision, bytes);
  return bytes;
}

bool is_packed(std::span<const std::byte> bytes) {
  return starts_with(bytes, magic);
}

PackedModel unpack_model(std::shared_ptr<const Bytes> bytes, const std::string& file) {
  try {
    if (!is_packed(*bytes)) throw_input("not a packed model");
    if (bytes->size() < head) throw_damaged("it has no header");
    const std::uint64_t length = little_endian(*bytes, magic.size(), 8);
    if (length > bytes->size() - head) throw_damaged("its header is cut short");
    const std::size_t size = static_cast<std::size_t>(length), weights = aligned(head + size);
    if (weights > bytes->size()) throw_damaged("its header is cut short");
    const std::string_view text = as_text(std::span(bytes->data(), bytes->size()).subspan(head, size));
    if (json_depth(text) > most_depth) throw_damaged("its header is nested too deeply");
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) throw_damaged("its header is not JSON");
    PackedModel packed;
    packed.precision = json.at("half").get<bool>() ? WeightPrecision::half : WeightPrecision::single;
    packed.model = Unpacker(bytes, weights, packed.precision).read(json.at("model"));
    packed.model.file = file;
    packed.about = Config(json.at("about"));
    return packed;
  } catch (const Json::exception& e) {
    throw_input("{}: a damaged packed model: {}", file, one_line(e.what()));
  } catch (const Error& e) {
    throw Error(e.kind(), fmt::format("{}: {}", file, e.what()), e.hint());
  }
}

}  // namespace nv
