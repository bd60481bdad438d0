// Operations that take parts of a tensor: indices and slices, split and unstack.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations.h"
#include "nv/layers/operations/view_operation.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;
using Sizes = std::vector<std::int64_t>;

/// Python's slice(start, stop, step), or one element.
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
  bool one = false, added = false, rest = false;  ///< an element; a new axis; "..."

  bool all() const { return !start && !stop && step == 1 && !one && !added; }

  /// The first element and how many, of an axis of `size`.
  std::pair<std::int64_t, std::int64_t> over(std::int64_t size) const {
    if (one) {
      const std::int64_t at = *start < 0 ? *start + size : *start;
      if (at < 0 || at >= size) throw_input("its element {} is not among {}", *start, size);
      return {at, 1};
    }
    const auto bound = [&](std::optional<std::int64_t> at, std::int64_t fallback) {
      if (!at) return fallback;
      return std::clamp<std::int64_t>(*at < 0 ? *at + size : *at, step > 0 ? 0 : -1,
                                      step > 0 ? size : size - 1);
    };
    const std::int64_t first = bound(start, step > 0 ? 0 : size - 1), end = bound(stop, step > 0 ? size : -1);
    const std::int64_t count = step > 0 ? (end - first + step - 1) / step : (first - end - step - 1) / -step;
    return {first, std::max<std::int64_t>(count, 0)};
  }
};

/// One entry of an index: a number, null (a new axis), a slice or "...".
Slice read_slice(const Json& j) {
  Slice s;
  const auto number = [](const Json& v) -> std::optional<std::int64_t> {
    if (v.is_null()) return std::nullopt;
    if (!v.is_number_integer()) throw_unsupported("an index that is computed is not supported");
    return std::clamp<std::int64_t>(v.get<std::int64_t>(), -(std::int64_t{1} << 31), std::int64_t{1} << 31);
  };
  if (j.is_null()) {
    s.added = true;
  } else if (j.is_number_integer()) {
    s.start = number(j);
    s.one = true;
  } else if (j.is_object() && j.value("class_name", "") == "__ellipsis__") {
    s.rest = true;
  } else if (j.is_object() && (j.contains("step") || j.contains("config"))) {
    const Json& fields = j.contains("config") ? j["config"] : j;
    s.start = number(fields.value("start", Json()));
    s.stop = number(fields.value("stop", Json()));
    s.step = number(fields.value("step", Json())).value_or(1);
    if (s.step == 0) throw_input("a slice has a step of 0");
  } else {
    throw_unsupported("an index that is computed is not supported");
  }
  return s;
}

/// The index with "..." written out, without its first entry, which must take the whole batch.
std::vector<Slice> over_items(std::vector<Slice> slices, const Shape& item) {
  const auto taking = std::ranges::count_if(slices, [](const Slice& s) { return !s.added && !s.rest; });
  if (taking > item.rank() + 1) throw_input("an index of {} axes, of an input of {}", taking - 1, item.str());
  const auto missing = static_cast<std::size_t>(item.rank() + 1 - taking);
  auto rest = std::ranges::find_if(slices, &Slice::rest);
  if (rest == slices.end()) rest = slices.insert(rest, Slice{});
  rest = slices.erase(rest);
  slices.insert(rest, missing, Slice{});
  if (slices.empty() || !slices.front().all())
    throw_unsupported("an index that picks items of the batch is not supported");
  slices.erase(slices.begin());
  return slices;
}

ItemView sliced(const Shape& item, const std::vector<Slice>& index) {
  const View from(item);
  ItemView p;
  Sizes sizes;
  int axis = 0;
  for (const Slice& s : over_items(index, item)) {
    if (s.added) {
      sizes.push_back(1);
      continue;
    }
    const View::Axis& a = from.axes[static_cast<std::size_t>(axis++)];
    const bool open = a.size == Shape::unknown;
    const auto [first, count] =
        open ? std::pair<std::int64_t, std::int64_t>{0, s.one ? 1 : Shape::unknown} : s.over(a.size);
    if (count > 0) p.view.offset += first * a.step;
    p.view.axes.push_back({count, a.step * s.step});
    if (!s.one) sizes.push_back(count);
  }
  p.shape = Shape(std::span<const std::int64_t>(sizes));
  return p;
}

/// Elements [first, first + count) of an axis of an item.
ItemView part(const Shape& item, int axis, std::int64_t first, std::int64_t count) {
  ItemView p = ItemView::same(item, item);
  View::Axis& a = p.view.axes[static_cast<std::size_t>(axis)];
  p.view.offset = first * a.step;
  p.shape[axis] = a.size = count;
  return p;
}

/// One element of an axis, which goes.
ItemView element(const Shape& item, int axis, std::int64_t at) {
  ItemView p = part(item, axis, at, 1);
  Sizes sizes(item.begin(), item.end());
  sizes.erase(sizes.begin() + axis);
  p.shape = Shape(std::span<const std::int64_t>(sizes));
  return p;
}

/// Where part `k` of an axis of `size` begins and ends; `parts` are that many of one size, or the indices at
/// which all but the first begin.
std::pair<std::int64_t, std::int64_t> bounds_of_part(std::int64_t k, std::int64_t size, const Sizes& parts,
                                                     bool of_one_size) {
  if (of_one_size) {
    const std::int64_t n = parts[0];
    if (n < 1 || k >= n || size % n != 0) throw_input("an axis of {} does not make {} parts", size, n);
    return {k * (size / n), (k + 1) * (size / n)};
  }
  const auto count = static_cast<std::int64_t>(parts.size());
  if (k > count) throw_input("part {} is not among {}", k, count + 1);
  const std::int64_t first = k == 0 ? 0 : parts[static_cast<std::size_t>(k) - 1];
  const std::int64_t end = k == count ? size : parts[static_cast<std::size_t>(k)];
  if (first < 0 || first >= end || end > size)
    throw_unsupported("a part from {} to {} of an axis of {} is not supported", first, end, size);
  return {first, end};
}

}  // namespace

std::unique_ptr<Layer> make_get_item(Options& o) {
  o.ignore({"x"});
  const Json* key = o.json("key");
  if (key == nullptr) throw_unsupported("an index that is computed is not supported");
  std::vector<Slice> index;
  if (key->is_array())
    for (const Json& entry : *key) index.push_back(read_slice(entry));
  else
    index.push_back(read_slice(*key));
  if (std::ranges::count_if(index, &Slice::rest) > 1) throw_input("an index has more than one ellipsis");
  return view_operation([index](const Shape& item) { return sliced(item, index); });
}

std::unique_ptr<Layer> make_split(Options& o) {
  o.ignore({"x"});
  const Sizes parts = o.integers("indices_or_sections");
  const Json* json = o.json("indices_or_sections");
  if (json == nullptr) throw_input("option indices_or_sections is absent");
  const std::int64_t axis = o.integer("axis", 0), k = o.output();
  if (axis == 0) throw_unsupported("it splits the batch");
  return view_operation([=, of_one_size = !json->is_array()](const Shape& item) {
    const int a = item_axis(axis, item);
    if (item[a] == Shape::unknown) throw_unsupported("an axis of unknown size is split");
    const auto [first, end] = bounds_of_part(k, item[a], parts, of_one_size);
    return part(item, a, first, end - first);
  });
}

/// The elements of an axis, one by one.
std::unique_ptr<Layer> make_unstack(Options& o) {
  o.ignore({"x", "num"});
  const std::int64_t axis = o.integer("axis", 0), k = o.output();
  if (axis == 0) throw_unsupported("it splits the batch");
  return view_operation([=](const Shape& item) {
    const int a = item_axis(axis, item);
    if (item[a] != Shape::unknown && k >= item[a]) throw_input("element {} is not among {}", k, item[a]);
    return element(item, a, k);
  });
}

}  // namespace nv
