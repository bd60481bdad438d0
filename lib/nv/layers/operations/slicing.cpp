// Operations that select parts of a tensor: indices and slices, split and unstack.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"
#include "nv/layers/operations/view_operation.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;
using Sizes = std::vector<std::int64_t>;

/// One entry of a NumPy index: slice(start, stop, step) or one of the flags below.
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
  bool element = false;   ///< an integer: only `start` is used
  bool new_axis = false;  ///< None
  bool ellipsis = false;  ///< "..."

  bool all() const { return !start && !stop && step == 1 && !element && !new_axis; }

  /// The first element and the number of elements of an axis of `size`. Throws Error(input) for an element
  /// outside of it.
  std::pair<std::int64_t, std::int64_t> over(std::int64_t size) const {
    if (element) {
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

/// An entry as JSON: a number, null (a new axis), a slice or "...".
Slice read_slice(const Json& j) {
  Slice s;
  const auto number = [](const Json& v) -> std::optional<std::int64_t> {
    if (v.is_null()) return std::nullopt;
    if (!v.is_number_integer()) throw_unsupported("an index that is computed is not supported");
    return std::clamp<std::int64_t>(v.get<std::int64_t>(), -(std::int64_t{1} << 31), std::int64_t{1} << 31);
  };
  if (j.is_null()) {
    s.new_axis = true;
  } else if (j.is_number_integer()) {
    s.start = number(j);
    s.element = true;
  } else if (j.is_object() && j.value("class_name", Json()) == "__ellipsis__") {
    s.ellipsis = true;
  } else if (j.is_object() && (j.contains("step") || j.contains("config"))) {
    const Json& fields = j.contains("config") ? j["config"] : j;
    if (!fields.is_object()) throw_input("a slice is not an object");
    s.start = number(fields.value("start", Json()));
    s.stop = number(fields.value("stop", Json()));
    s.step = number(fields.value("step", Json())).value_or(1);
    if (s.step == 0) throw_input("a slice has a step of 0");
  } else {
    throw_unsupported("an index that is computed is not supported");
  }
  return s;
}

/// The index of an item: "..." written out, and without the first entry, which must select the whole batch.
std::vector<Slice> over_items(std::vector<Slice> slices, const Shape& item) {
  const auto consuming =
      std::ranges::count_if(slices, [](const Slice& s) { return !s.new_axis && !s.ellipsis; });
  if (consuming > item.rank() + 1)
    throw_input("an index of {} axes, of an input of {}", consuming - 1, item.str());
  const auto missing = static_cast<std::size_t>(item.rank() + 1 - consuming);
  auto rest = std::ranges::find_if(slices, &Slice::ellipsis);
  if (rest == slices.end()) rest = slices.insert(rest, Slice{});
  rest = slices.erase(rest);
  slices.insert(rest, missing, Slice{});
  if (slices.empty() || !slices.front().all())
    throw_unsupported("an index that selects items of the batch is not supported");
  slices.erase(slices.begin());
  return slices;
}

ItemView sliced(const Shape& item, const std::vector<Slice>& index) {
  const View from(item);
  ItemView result;
  Sizes sizes;
  int axis = 0;
  for (const Slice& s : over_items(index, item)) {
    if (s.new_axis) {
      sizes.push_back(1);
      continue;
    }
    const View::Axis& a = from.axes[static_cast<std::size_t>(axis++)];
    const bool open = a.size == Shape::unknown;
    const auto [first, count] =
        open ? std::pair<std::int64_t, std::int64_t>{0, s.element ? 1 : Shape::unknown} : s.over(a.size);
    if (count > 0) result.view.offset += first * a.step;
    result.view.axes.push_back({count, a.step * s.step});
    if (!s.element) sizes.push_back(count);
  }
  result.shape = Shape(std::span<const std::int64_t>(sizes));
  return result;
}

/// Elements [first, first + count) of an axis.
ItemView part(const Shape& item, int axis, std::int64_t first, std::int64_t count) {
  ItemView result = ItemView::all(item, item);
  View::Axis& a = result.view.axes[static_cast<std::size_t>(axis)];
  result.view.offset = first * a.step;
  result.shape[axis] = a.size = count;
  return result;
}

/// One element of an axis, which is dropped.
ItemView element(const Shape& item, int axis, std::int64_t at) {
  ItemView result = part(item, axis, at, 1);
  Sizes sizes(item.begin(), item.end());
  sizes.erase(sizes.begin() + axis);
  result.shape = Shape(std::span<const std::int64_t>(sizes));
  return result;
}

class GetItem final : public ViewOperation {
 public:
  explicit GetItem(LayerOptions& o) {
    const Json* key = o.json("key");
    if (key == nullptr) throw_unsupported("an index that is computed is not supported");
    if (key->is_array())
      for (const Json& entry : *key) index_.push_back(read_slice(entry));
    else
      index_.push_back(read_slice(*key));
    if (std::ranges::count_if(index_, &Slice::ellipsis) > 1)
      throw_input("an index has more than one ellipsis");
  }

 private:
  ItemView view(const Shape& item) const override { return sliced(item, index_); }

  std::vector<Slice> index_;
};

/// Output k is part k of an axis.
class Split final : public ViewOperation {
 public:
  explicit Split(LayerOptions& o) : parts_(o.integers("indices_or_sections")) {
    const Json* json = o.json("indices_or_sections");
    if (json == nullptr) throw_input("option indices_or_sections is absent");
    equal_ = !json->is_array();
    axis_ = o.integer("axis", 0);
    part_ = o.output();
    if (axis_ == 0) throw_unsupported("it splits the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    const int a = item_axis(axis_, item);
    if (item[a] == Shape::unknown) throw_unsupported("an axis of unknown size is split");
    const auto [first, end] = equal_ ? equal_part(item[a]) : part_between(item[a]);
    return part(item, a, first, end - first);
  }

  /// Where the part begins and ends if the axis of `size` is split into parts_[0] equal parts.
  std::pair<std::int64_t, std::int64_t> equal_part(std::int64_t size) const {
    const std::int64_t n = parts_[0];
    if (n < 1 || part_ >= n || size % n != 0)
      throw_input("an axis of {} cannot be divided into {} parts", size, n);
    return {part_ * (size / n), (part_ + 1) * (size / n)};
  }
  /// The same if parts_ are the indices at which all parts but the first begin.
  std::pair<std::int64_t, std::int64_t> part_between(std::int64_t size) const {
    const auto count = static_cast<std::int64_t>(parts_.size());
    if (part_ > count) throw_input("part {} is not among {}", part_, count + 1);
    const std::int64_t first = part_ == 0 ? 0 : parts_[static_cast<std::size_t>(part_) - 1];
    const std::int64_t end = part_ == count ? size : parts_[static_cast<std::size_t>(part_)];
    if (first < 0 || first >= end || end > size)
      throw_unsupported("a part from {} to {} of an axis of {} is not supported", first, end, size);
    return {first, end};
  }

  Sizes parts_;
  bool equal_ = false;
  std::int64_t axis_ = 0, part_ = 0;
};

/// Output k is element k of an axis.
class Unstack final : public ViewOperation {
 public:
  explicit Unstack(LayerOptions& o) : axis_(o.integer("axis", 0)), element_(o.output()) {
    o.ignore({"num"});
    if (axis_ == 0) throw_unsupported("it splits the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    const int a = item_axis(axis_, item);
    if (item[a] != Shape::unknown && element_ >= item[a])
      throw_input("element {} is not among {}", element_, item[a]);
    return element(item, a, element_);
  }

  std::int64_t axis_, element_;
};

}  // namespace

std::vector<OperationKind> slicing_operations() {
  return {{"GetItem", "numpy", {"x", "key"}, make<GetItem>},
          {"Split", "numpy", {"x", "indices_or_sections", "axis"}, make<Split>},
          {"Unstack", "core", {"x", "num", "axis"}, make<Unstack>}};
}

}  // namespace nv
