// Parsing and naming the values of --resize, --fit, --preprocess, --channels, --mean and --std.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/preprocess.h"

namespace nv {

namespace {

constexpr std::array<std::pair<std::string_view, Resize>, 4> resizes{{{"bilinear", Resize::bilinear},
                                                                      {"nearest", Resize::nearest},
                                                                      {"area", Resize::area},
                                                                      {"none", Resize::none}}};
constexpr std::array<std::pair<std::string_view, Fit>, 3> fits{
    {{"stretch", Fit::stretch}, {"crop", Fit::crop}, {"pad", Fit::pad}}};
constexpr std::array<std::pair<std::string_view, Scale>, 5> scales{{{"unit", Scale::unit},
                                                                    {"raw", Scale::raw},
                                                                    {"signed", Scale::signed_unit},
                                                                    {"caffe", Scale::caffe},
                                                                    {"torch", Scale::torch}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> orders{{{"rgb", false}, {"bgr", true}}};

template <typename T, std::size_t N>
std::vector<std::string> names_in(const std::array<std::pair<std::string_view, T>, N>& choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.emplace_back(choice.first);
  return names;
}

template <typename T, std::size_t N>
T parse(std::string_view name, std::string_view option,
        const std::array<std::pair<std::string_view, T>, N>& choices) {
  for (const auto& choice : choices)
    if (choice.first == name) return choice.second;
  throw_usage("{}: expected one of {}, got '{}'", option, fmt::join(names_in(choices), ", "), one_line(name));
}

template <typename T, std::size_t N>
std::string_view name_of(T value, const std::array<std::pair<std::string_view, T>, N>& choices) {
  for (const auto& choice : choices)
    if (choice.second == value) return choice.first;
  return "custom";
}

}  // namespace

Resize parse_resize(std::string_view name) {
  return parse(name, "--resize", resizes);
}
Fit parse_fit(std::string_view name) {
  return parse(name, "--fit", fits);
}
Scale parse_scale(std::string_view name) {
  return parse(name, "--preprocess", scales);
}
bool parse_bgr(std::string_view name) {
  return parse(name, "--channels", orders);
}

std::vector<std::string> resize_names() {
  return names_in(resizes);
}
std::vector<std::string> fit_names() {
  return names_in(fits);
}
std::vector<std::string> scale_names() {
  return names_in(scales);
}

std::string_view resize_name(Resize resize) {
  return name_of(resize, resizes);
}
std::string_view fit_name(Fit fit) {
  return name_of(fit, fits);
}
std::string_view scale_name(Scale scale) {
  return name_of(scale, scales);
}

std::vector<float> parse_channel_numbers(std::string_view text, std::string_view option) {
  std::vector<float> numbers;
  for (const std::string& part : split(text, ',')) {
    const std::string_view word = trim(part);
    float number = 0.0F;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(number))
      throw Error(ErrorKind::usage, fmt::format("{}: expected a number, got '{}'", option, one_line(word)),
                  fmt::format("one number, or one per channel: {} 0.485,0.456,0.406", option));
    numbers.push_back(number);
  }
  return numbers;
}

std::optional<Preprocess> described_scale(std::string_view text) {
  const std::vector<std::string> parts = split(text, ',');
  const std::vector<std::string> words = split(parts[0], ' ');
  Preprocess how;
  if (words[0] == "custom") {
    how.scale = Scale::custom;
    how.mean.clear();
    how.deviation.clear();
    std::vector<float>* numbers = nullptr;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "mean" || words[i] == "std") {
        numbers = words[i] == "mean" ? &how.mean : &how.deviation;
        continue;
      }
      float number = 0.0F;
      const char* end = words[i].data() + words[i].size();
      if (numbers == nullptr || std::from_chars(words[i].data(), end, number).ptr != end) return std::nullopt;
      numbers->push_back(number);
    }
    if (how.mean.empty() || how.deviation.empty()) return std::nullopt;
  } else {
    const auto* known = std::ranges::find(scales, words[0], &std::pair<std::string_view, Scale>::first);
    if (known == scales.end() || words.size() > 1) return std::nullopt;
    how.scale = known->second;
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (trim(parts[i]) == "bgr") how.bgr = true;
    if (trim(parts[i]) == "inverted") how.invert = true;
  }
  return how;
}

}  // namespace nv
