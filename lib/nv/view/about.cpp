#include "nv/view/about.h"

#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::view {

using Json = nlohmann::ordered_json;

namespace {
constexpr std::size_t most_labels = 1'000'000;
constexpr std::size_t most_channels = 1024;

std::vector<float> channel_numbers(const Json& json) {
  auto numbers = json.get<std::vector<float>>();
  if (numbers.empty() || numbers.size() > most_channels) throw_input("mean or deviation of no channels");
  return numbers;
}
}  // namespace

Config to_config(const About& about) {
  const Preprocess& p = about.preprocess;
  return Config(Json{{"labels", about.labels},
                     {"resize", resize_name(p.resize)},
                     {"fit", fit_name(p.fit)},
                     {"scale", scale_name(p.scale)},
                     {"mean", p.mean},
                     {"deviation", p.deviation},
                     {"invert", p.invert},
                     {"bgr", p.bgr}});
}

About from_config(const Config& config) {
  try {
    const Json& json = config.json();
    About about;
    about.labels = json.at("labels").get<std::vector<std::string>>();
    if (about.labels.size() > most_labels) throw_input("too many labels");
    for (std::string& label : about.labels) label = one_line(label);
    Preprocess& p = about.preprocess;
    p.resize = parse_resize(json.at("resize").get<std::string>());
    p.fit = parse_fit(json.at("fit").get<std::string>());
    const auto scale = json.at("scale").get<std::string>();
    p.scale = scale == scale_name(Scale::custom) ? Scale::custom : parse_scale(scale);
    p.mean = channel_numbers(json.at("mean"));
    p.deviation = channel_numbers(json.at("deviation"));
    p.invert = json.at("invert").get<bool>();
    p.bgr = json.at("bgr").get<bool>();
    return about;
  } catch (const Json::exception& e) {
    throw_input("a damaged description of a model: {}", one_line(e.what()));
  } catch (const Error& e) {
    throw Error(ErrorKind::input, e.what(), e.hint());
  }
}

}  // namespace nv::view
