#include "nv/view/session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "nv/analysis/input_scale.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/sketch.h"
#include "nv/keras/memory_file.h"

namespace nv::view {

namespace {

constexpr std::int64_t most_trace_numbers = std::int64_t{96} << 20;  // of all traces that are kept: 384 MB
constexpr std::size_t top_classes_shown = 10;
constexpr std::int64_t most_pixels = std::int64_t{1} << 26;  // of a picture's side by side
constexpr std::int64_t most_sketch = 4096;                   // pixels per side

std::int64_t numbers_of(const Trace& trace) {
  std::int64_t numbers = 0;
  for (const Tensor& t : trace.outputs) numbers += t.size();
  return numbers;
}

std::optional<std::int64_t> optional_integer(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at == json.end() || at->is_null() ? std::nullopt : std::optional(at->get<std::int64_t>());
}

Picture rgba_picture(const Json& source, std::span<const std::byte> data) {
  Picture p;
  p.width = source.at("width").get<std::int64_t>();
  p.height = source.at("height").get<std::int64_t>();
  p.channels = 4;
  if (p.width < 1 || p.height < 1 || p.width > most_pixels / p.height ||
      data.size() != static_cast<std::size_t>(p.width * p.height * p.channels))
    throw_input("a picture of {} x {} in {} bytes", p.width, p.height, data.size());
  p.pixels.resize(data.size());
  std::memcpy(p.pixels.data(), data.data(), data.size());
  return p;
}

Picture sketched(const Json& source) {
  std::vector<Stroke> strokes;
  for (const Json& line : source.at("strokes")) {
    Stroke& stroke = strokes.emplace_back();
    for (const Json& point : line) {
      const SketchPoint p{point.at(0).get<double>(), point.at(1).get<double>()};
      if (!(std::abs(p.x) <= 2 && std::abs(p.y) <= 2)) throw_input("a stroke leaves the sketch");
      stroke.push_back(p);
    }
    if (stroke.empty()) strokes.pop_back();
  }
  SketchOptions o;
  o.width = o.height = source.at("size").get<std::int64_t>();
  o.brush = source.at("brush").get<double>();
  o.mnist = source.at("centre").get<bool>();
  o.dark_on_light = source.at("invert").get<bool>();
  if (o.width < 1 || o.width > most_sketch || !(o.brush >= 0 && o.brush <= most_sketch))
    throw_input("a sketch of {} pixels with a brush of {}", o.width, o.brush);
  return sketch(strokes, o);
}

/// From black, the smallest, to white. Numbers that are not finite are black.
Picture values_row(std::span<const float> values) {
  constexpr std::size_t most = 256;
  values = values.first(std::min(values.size(), most));
  float low = INFINITY, high = -INFINITY;
  for (const float x : values)
    if (std::isfinite(x)) {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  Picture row{static_cast<std::int64_t>(values.size()), 1, 1, {}};
  for (const float x : values)
    row.pixels.push_back(std::isfinite(x) && high > low
                             ? static_cast<std::uint8_t>(std::lround(255 * (x - low) / (high - low)))
                             : std::uint8_t{0});
  return row;
}

/// An array from `data`, at `at` on; `at` is moved after it.
Tensor array_from(const Json& axes, std::span<const std::byte> data, std::size_t& at) {
  const Shape shape(axes.get<std::vector<std::int64_t>>());
  if (!shape.known() || static_cast<std::uint64_t>(shape.elements()) > (data.size() - at) / sizeof(float))
    throw_input("an array of {} in {} bytes", shape.str(), data.size() - at);
  Tensor t(shape);
  if (t.size() > 0)
    std::memcpy(t.data(), data.data() + at, static_cast<std::size_t>(t.size()) * sizeof(float));
  at += static_cast<std::size_t>(t.size()) * sizeof(float);
  return t;
}

}  // namespace

void Session::check_open() const {
  if (!engine_) throw_usage("no model is open");
}

Reply Session::open(Bytes bytes, const std::string& file) {
  PackedModel packed;
  About about;
  const auto shared = std::make_shared<const Bytes>(std::move(bytes));
  if (is_memory_file(*shared)) {
    packed.model = open_memory_file(shared, one_line(file));
    about.preprocess.scale = input_scale(packed.model).scale;
  } else {
    packed = unpack_model(shared, one_line(file));
    about = from_config(packed.about);
  }
  auto engine = std::make_unique<Engine>(std::move(packed.model), EngineOptions{1, false, true});
  std::vector<InputSpec> specs = input_specs(engine->model(), engine->structure());
  // Nothing of the old model remains if this one is refused.
  samples_.clear();
  kernels_.reset();
  bytes_ = shared;
  engine_ = std::move(engine);
  about_ = std::move(about);
  precision_ = packed.precision;
  specs_ = std::move(specs);
  outputs_ = output_kinds(engine_->model(), engine_->structure());
  Reply reply;
  reply.json = model_info(*engine_, about_, precision_, specs_, classifier_of(outputs_));
  return reply;
}

Reply Session::model() const {
  check_open();
  Reply reply;
  reply.json = reply.array(bytes_);
  return reply;
}

Sample& Session::sample(const Json& id) {
  check_open();
  const auto at = samples_.find(id.get<std::int64_t>());
  if (at == samples_.end()) throw_usage("there is no sample {}", id.get<std::int64_t>());
  return at->second;
}

std::size_t Session::node(const Json& index) const {
  check_open();
  const auto i = index.get<std::int64_t>();
  if (i < 0 || static_cast<std::size_t>(i) >= engine_->model().nodes.size())
    throw_usage("there is no layer {}", i);
  return static_cast<std::size_t>(i);
}

std::vector<bool> Session::nodes(const Json& indices) const {
  check_open();
  std::vector<bool> chosen(engine_->model().nodes.size());
  for (const Json& i : indices) chosen[node(i)] = true;
  return chosen;
}

Tensor Session::picture_input(const Json& source, std::span<const std::byte> data) const {
  if (specs_.size() != 1) throw_input("the model has {} inputs, a picture is one", specs_.size());
  const Picture picture = source.at("kind") == "sketch" ? sketched(source) : rgba_picture(source, data);
  return to_input(picture, specs_[0], about_.preprocess);
}

std::vector<Tensor> Session::inputs_of(const Json& source, std::span<const std::byte> data) const {
  const auto kind = source.at("kind").get<std::string>();
  if (kind == "sketch" || kind == "rgba") {
    const Tensor item = picture_input(source, data);
    return {item.reshaped(item.shape().batched(1))};
  }
  if (kind != "array") throw_usage("there are no inputs of kind '{}'", one_line(kind));
  std::vector<Tensor> inputs;
  std::size_t at = 0;
  inputs.push_back(array_from(source.at("shape"), data, at));
  if (source.contains("more"))
    for (const Json& shape : source["more"]) inputs.push_back(array_from(shape, data, at));
  if (inputs.size() != specs_.size()) throw_input("{} arrays for {} inputs", inputs.size(), specs_.size());
  for (Tensor& t : inputs) t = t.reshaped(t.shape().batched(1));
  return inputs;
}

void Session::run(Sample& sample) {
  const auto start = std::chrono::steady_clock::now();
  sample.trace = engine_->forward(sample.inputs);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  sample.milliseconds = time.count();
  sample.used = ++clock_;
  sample.output =
      sample.trace->outputs[static_cast<std::size_t>(engine_->model().outputs.front().value.node)];
  if (const OutputKind* classifier = classifier_of(outputs_))
    sample.output = sample.trace->outputs[static_cast<std::size_t>(classifier->value.node)];
  drop_traces(sample);
}

const Trace& Session::trace(Sample& sample) {
  if (!sample.trace) run(sample);
  sample.used = ++clock_;
  return *sample.trace;
}

/// Drops those not used for the longest time until the rest is small enough.
void Session::drop_traces(const Sample& except) {
  std::int64_t numbers = 0;
  for (const auto& [id, s] : samples_)
    if (s.trace) numbers += numbers_of(*s.trace);
  while (numbers > most_trace_numbers) {
    Sample* oldest = nullptr;
    for (auto& [id, s] : samples_)
      if (s.trace && &s != &except && (oldest == nullptr || s.used < oldest->used)) oldest = &s;
    if (oldest == nullptr) return;
    numbers -= numbers_of(*oldest->trace);
    oldest->trace.reset();
  }
}

Reply Session::add(const Json& request, std::span<const std::byte> data) {
  check_open();
  const Json& source = request.at("source");
  Sample fresh;
  fresh.name = one_line(source.at("name").get<std::string>());
  fresh.origin = optional_integer(source, "origin");
  fresh.truth = optional_integer(source, "truth");
  fresh.inputs = inputs_of(source, data);
  run(fresh);
  const std::optional<std::int64_t> replaced = optional_integer(request, "replace");
  if (replaced) (void)sample(*replaced);
  const std::int64_t id = replaced ? *replaced : next_id_++;
  Sample& kept = samples_[id] = std::move(fresh);
  drop_traces(kept);
  Reply reply;
  reply.json = sample_json(id, kept, reply);
  return reply;
}

Reply Session::remove(const Json& request) {
  (void)sample(request.at("id"));
  samples_.erase(request["id"].get<std::int64_t>());
  for (auto& [id, s] : samples_)
    if (s.origin == request["id"].get<std::int64_t>()) s.origin.reset();
  return {};
}

/// The numbers of a sample, one array per model input.
Reply Session::input(const Json& request) {
  Reply reply;
  reply.json = Json::array();
  for (const Tensor& t : sample(request.at("id")).inputs)
    reply.json.push_back({{"shape", t.shape().item().axes()}, {"data", reply.array(t)}});
  return reply;
}

/// The best classes, and the score of each. A single unit with a sigmoid gives those of both classes, as in
/// nv's figures; of another one, only its prediction.
Json Session::prediction_json(const Sample& sample) const {
  Json json{{"top", Json::array()}, {"scores", Json::array()}};
  const OutputKind* classifier = classifier_of(outputs_);
  if (classifier == nullptr) return json;
  const Tensor output = sample.output.item(0);
  const std::vector<float> scores = class_scores(output.values(), classifier->activation);
  for (const ClassScore& c : top_classes(scores, classifier->activation, top_classes_shown, about_.labels))
    json["top"].push_back(
        {{"index", c.index}, {"label", c.label}, {"score", number(static_cast<double>(c.score))}});
  for (const float x : scores) json["scores"].push_back(number(static_cast<double>(x)));
  return json;
}

/// RGBA of an input for thumbnails; one grey row of its first values where it is no picture.
Json Session::picture_json(const Tensor& input, const InputSpec& spec, Reply& reply) const {
  Picture picture;
  try {
    picture = to_picture(input.item(0), spec, about_.preprocess);
  } catch (const Error&) {  // not an image
    picture = values_row(input.values());
  }
  std::vector<std::uint8_t> rgba;
  const std::int64_t c = picture.channels;
  for (std::int64_t p = 0; p < picture.width * picture.height; ++p)
    for (std::int64_t k = 0; k < 4; ++k) {
      const bool alpha = k == 3;
      const std::int64_t from = c >= 3 ? k : 0;
      rgba.push_back(alpha ? std::uint8_t{255} : picture.pixels[static_cast<std::size_t>(p * c + from)]);
    }
  return {{"width", picture.width}, {"height", picture.height}, {"rgba", reply.array(std::move(rgba))}};
}

Json Session::sample_json(std::int64_t id, const Sample& sample, Reply& reply) const {
  Json json{{"id", id}, {"name", sample.name}};
  json["origin"] = sample.origin ? Json(*sample.origin) : Json(nullptr);
  json["truth"] = sample.truth ? Json(*sample.truth) : Json(nullptr);
  json["prediction"] = prediction_json(sample);
  json["picture"] = picture_json(sample.inputs[0], specs_[0], reply);
  json["more"] = Json::array();  // of further inputs
  for (std::size_t k = 1; k < specs_.size(); ++k)
    json["more"].push_back(picture_json(sample.inputs[k], specs_[k], reply));
  json["milliseconds"] = number(sample.milliseconds);
  return json;
}

Reply Session::freeze(const Json& request) {
  check_open();
  std::vector<Frozen> frozen;
  for (const Json& f : request.at("frozen")) {
    Frozen& part = frozen.emplace_back();
    part.node = node(f.at("layer"));
    part.channels = f.at("channels").get<std::vector<std::int64_t>>();
    check_channels(engine_->model(), engine_->structure(), part);
  }
  engine_->freeze(std::move(frozen));
  Reply reply;
  reply.json = Json::array();
  for (auto& [id, s] : samples_) {
    run(s);
    reply.json.push_back(sample_json(id, s, reply));
  }
  return reply;
}

}  // namespace nv::view
