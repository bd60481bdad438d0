// Explanations from masked inputs: occlusion and RISE.
#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/analysis/explain/list.h"
#include "nv/core/error.h"
#include "nv/core/random.h"

namespace nv::explain {

namespace {

/// The image of an item, and where its rows, columns and channels are.
struct Image {
  std::size_t input;
  std::int64_t height, width, channels;
  bool channels_first;

  explicit Image(const Task& task) : input(image_input(task)) {
    const auto [h, w] = input_size(task);
    height = h;
    width = w;
    const Tensor& x = task.inputs[input];
    channels = x.size() / x.shape()[0] / (h * w);
    const auto node = static_cast<std::size_t>(task.engine.model().inputs[input].value.node);
    channels_first = task.engine.structure().nodes[node].channels_first;
  }
  std::int64_t at(std::int64_t position, std::int64_t channel) const {
    return channels_first ? channel * height * width + position : position * channels + channel;
  }
};

/// Top left corners of windows of `size` every `stride`.
std::vector<std::int64_t> starts(std::int64_t length, std::int64_t size, std::int64_t stride) {
  std::vector<std::int64_t> starts;
  for (std::int64_t at = 0; at + size <= length; at += stride) starts.push_back(at);
  return starts;
}

Explanation occlude(const Task& task, std::size_t i) {
  const Image image(task);
  const auto chosen = [&](std::string_view name, std::int64_t share, std::int64_t least) {
    const std::int64_t value = task.settings.whole(name);
    return value > 0 ? value : std::max(image.height / share, least);
  };
  const std::int64_t size = std::min({chosen("size", 7, 2), image.height, image.width});
  const std::int64_t stride = chosen("stride", 14, 1);
  const std::vector<std::int64_t> rows = starts(image.height, size, stride),
                                  columns = starts(image.width, size, stride);
  const std::vector<Tensor> x = task.item(i);
  const auto count = static_cast<std::int64_t>(columns.size());
  // Version 0 is the input itself.
  const std::vector<double> values =
      version_values(task, i, static_cast<std::int64_t>(rows.size()) * count + 1, [&](std::int64_t k) {
        std::vector<Tensor> version = x;
        if (k == 0) return version;
        Tensor y = x[image.input].clone();
        const std::int64_t top = rows[static_cast<std::size_t>((k - 1) / count)],
                           left = columns[static_cast<std::size_t>((k - 1) % count)];
        for (std::int64_t r = top; r < top + size; ++r)
          for (std::int64_t c = left; c < left + size; ++c)
            for (std::int64_t channel = 0; channel < image.channels; ++channel) {
              const std::int64_t at = image.at(r * image.width + c, channel);
              y[at] = task.baselines[i][image.input][at];
            }
        version[image.input] = std::move(y);
        return version;
      });
  std::vector<double> sums(static_cast<std::size_t>(image.height * image.width)), windows(sums.size());
  for (std::size_t k = 1; k < values.size(); ++k) {
    const auto window = static_cast<std::int64_t>(k) - 1;
    const std::int64_t top = rows[static_cast<std::size_t>(window / count)],
                       left = columns[static_cast<std::size_t>(window % count)];
    for (std::int64_t r = top; r < top + size; ++r)
      for (std::int64_t c = left; c < left + size; ++c) {
        const auto at = static_cast<std::size_t>(r * image.width + c);
        sums[at] += values[0] - values[k];
        windows[at] += 1;
      }
  }
  Tensor map(Shape{image.height, image.width});
  for (std::size_t p = 0; p < sums.size(); ++p)
    map[static_cast<std::int64_t>(p)] = windows[p] == 0 ? 0.0F : static_cast<float>(sums[p] / windows[p]);
  Explanation e;
  e.maps.push_back(std::move(map));
  return e;
}

/// A mask of random cells, enlarged bilinearly and shifted by less than a cell (RISE, section 3.2).
class RandomMasks {
 public:
  RandomMasks(const Image& image, std::int64_t cells, double p, std::uint64_t seed)
      : image_(image), cells_(cells), p_(p), seed_(seed) {}

  std::vector<float> mask(std::int64_t k) const {
    Random random({seed_, static_cast<std::uint64_t>(k)});
    const std::int64_t side = cells_ + 1;
    std::vector<double> grid(static_cast<std::size_t>(side * side));
    for (double& cell : grid) cell = random.unit() < p_ ? 1 : 0;
    const double cell_height = std::ceil(static_cast<double>(image_.height) / static_cast<double>(cells_)),
                 cell_width = std::ceil(static_cast<double>(image_.width) / static_cast<double>(cells_));
    const double down = std::floor(random.unit() * cell_height),
                 right = std::floor(random.unit() * cell_width);
    std::vector<float> mask;
    for (std::int64_t r = 0; r < image_.height; ++r)
      for (std::int64_t c = 0; c < image_.width; ++c)
        mask.push_back(static_cast<float>(interpolated(grid, (static_cast<double>(r) + down) / cell_height,
                                                       (static_cast<double>(c) + right) / cell_width)));
    return mask;
  }

 private:
  double interpolated(const std::vector<double>& grid, double row, double column) const {
    const auto last = static_cast<double>(cells_);
    row = std::clamp(row - 0.5, 0.0, last);
    column = std::clamp(column - 0.5, 0.0, last);
    const auto r = std::min(static_cast<std::int64_t>(row), cells_ - 1),
               c = std::min(static_cast<std::int64_t>(column), cells_ - 1);
    const double dr = row - static_cast<double>(r), dc = column - static_cast<double>(c);
    const auto cell = [&](std::int64_t y, std::int64_t x) {
      return grid[static_cast<std::size_t>(y * (cells_ + 1) + x)];
    };
    return (1 - dr) * ((1 - dc) * cell(r, c) + dc * cell(r, c + 1)) +
           dr * ((1 - dc) * cell(r + 1, c) + dc * cell(r + 1, c + 1));
  }

  const Image& image_;
  std::int64_t cells_;
  double p_;
  std::uint64_t seed_;
};

Explanation rise_of(const Task& task, std::size_t i) {
  const Image image(task);
  const std::int64_t count = task.settings.whole("masks");
  const double p = task.settings.parameter("p");
  const RandomMasks masks(image, task.settings.whole("cells"), p, task.settings.seed);
  const std::vector<Tensor> x = task.item(i);
  const std::vector<double> values = version_values(task, i, count, [&](std::int64_t k) {
    const std::vector<float> mask = masks.mask(k);
    std::vector<Tensor> version = x;
    Tensor y = x[image.input].clone();
    for (std::size_t at = 0; at < mask.size(); ++at)
      for (std::int64_t channel = 0; channel < image.channels; ++channel) {
        const std::int64_t to = image.at(static_cast<std::int64_t>(at), channel);
        const float base = task.baselines[i][image.input][to];
        y[to] = base + mask[at] * (y[to] - base);
      }
    version[image.input] = std::move(y);
    return version;
  });
  std::vector<double> sums(static_cast<std::size_t>(image.height * image.width));
  for (std::int64_t k = 0; k < count; ++k) {
    const std::vector<float> mask = masks.mask(k);
    for (std::size_t at = 0; at < sums.size(); ++at)
      sums[at] += values[static_cast<std::size_t>(k)] * static_cast<double>(mask[at]);
  }
  Tensor map(Shape{image.height, image.width});
  for (std::size_t at = 0; at < sums.size(); ++at)
    map[static_cast<std::int64_t>(at)] = static_cast<float>(sums[at] / (static_cast<double>(count) * p));
  Explanation e;
  e.maps.push_back(std::move(map));
  e.relative = true;
  return e;
}

std::vector<Explanation> run_occlusion(const Task& task) {
  return each_item(task, [&](std::size_t i) { return occlude(task, i); });
}
std::vector<Explanation> run_rise(const Task& task) {
  return each_item(task, [&](std::size_t i) { return rise_of(task, i); });
}

}  // namespace

Method occlusion() {
  Method m = make_method("occlusion", "how much of the class is lost where a window covers the input",
                         "Zeiler & Fergus 2014, arXiv:1311.2901", run_occlusion);
  m.parameters = {{"size", "of the window, in pixels; 0: a 7th of the height", 0, 0, 1e5, true},
                  {"stride", "from window to window; 0: a 14th of the height", 0, 0, 1e5, true}};
  m.needs_image = true;
  m.needs_baseline = true;
  return m;
}

Method rise() {
  Method m = make_method("rise", "mean of random masks, weighted by the class of the masked input",
                         "Petsiuk 2018, arXiv:1806.07421", run_rise);
  m.parameters = {{"masks", "random masks", 4000, 1, 1e6, true},
                  {"cells", "per side of a mask", 7, 2, 1000, true},
                  {"p", "share of the cells that stay visible", 0.5, 0.01, 1, false}};
  m.random = true;
  m.needs_image = true;
  m.needs_baseline = true;
  return m;
}

}  // namespace nv::explain
