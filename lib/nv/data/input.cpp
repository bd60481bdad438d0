#include "nv/data/input.h"

#include <algorithm>
#include <set>

#include "nv/core/error.h"
#include "nv/data/array_fit.h"
#include "nv/data/expansion.h"
#include "nv/data/input_tally.h"
#include "nv/data/source.h"

namespace nv {

struct InputList::State {
  std::vector<InputSpec> specs;
  Preprocess preprocess;
  bool scale_arrays = false;
  std::string preprocess_file;
  std::shared_ptr<SourceCache> files;
  std::vector<Entry> entries;
  std::vector<PlannedInput> plans;    ///< of the entries
  std::vector<std::size_t> numbers;   ///< indices of the entries in the whole list
  std::shared_ptr<InputTally> tally;  ///< of the whole list
};

namespace {

/// The tensor for one input of the model.
struct Filled {
  Tensor tensor;
  std::string preprocess;
  std::optional<Picture> picture;
  std::optional<std::int64_t> label;
  InputRemarks remarks = {};
};

/// A uint8 array as a picture; nullopt if its shape is no picture.
std::optional<Picture> shown(const Tensor& pixels, const InputSpec& spec) {
  Preprocess as_they_are;
  as_they_are.scale = Scale::raw;
  try {
    return to_picture(pixels, spec, as_they_are);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The numbers of a sample. If it was made with another scale than this run's, they are converted through
/// pixels.
Filled sample_as_made(Tensor numbers, const InputSpec& spec, const Preprocess& how,
                      const std::string& made_as) {
  const std::optional<Preprocess> then = described_scale(made_as);
  if (!then || describe_scale(*then) == describe_scale(how))
    return {std::move(numbers), made_as, std::nullopt, std::nullopt};
  return {scale_pixels(unscale_pixels(numbers, spec, *then), spec, how),
          fmt::format("{}, of a sample made as {}", describe_scale(how), describe_scale(*then)), std::nullopt,
          std::nullopt};
}

Filled fill_from_array(const StoredArray& array, std::int64_t item, const std::string& file,
                       const InputSpec& spec, const Preprocess& how, bool scale_arrays,
                       const std::string& made_as) {
  const ArrayFit fit = require_fit(array.shape(), array.type(), spec, file);
  if (item >= fit.items) throw_input("{}: has changed while it was read", file);
  Filled filled{array.as_float(item * fit.item.elements(), fit.item), "none", std::nullopt, std::nullopt};
  if (!made_as.empty() && !array.is_picture())
    return sample_as_made(std::move(filled.tensor), spec, how, made_as);
  if (array.is_picture()) filled.picture = shown(filled.tensor, spec);
  if (array.is_picture() || scale_arrays) {
    filled.tensor = scale_pixels(filled.tensor, spec, how);
    filled.preprocess = describe_scale(how);
    filled.remarks.picture = array.is_picture();
  } else {
    remark_range(filled.tensor, how, filled.remarks);
  }
  return filled;
}

Filled fill_from_picture(const Source& source, std::int64_t item, const std::string& file,
                         const InputSpec& spec, const Preprocess& how) {
  if (item >= *picture_count(source)) throw_input("{}: has changed while it was read", file);
  Picture original = picture(source, item);
  Filled filled;
  try {
    filled.tensor = to_input(original, spec, how);
    filled.preprocess = describe(original, spec, how);
    filled.remarks.picture = true;
    filled.remarks.composed = is_composed(original, spec);
    filled.remarks.reduced = how.resize != Resize::area && is_much_reduced(original, spec, how);
    filled.remarks.light = !how.invert && may_be_inverted(original, spec, how, filled.tensor);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::input) throw;
    throw Error(e.kind(), fmt::format("{}: {}", file, e.what()), e.hint());
  }
  filled.picture = std::move(original);
  if (const auto* cifar = std::get_if<CifarSource>(&source)) filled.label = cifar->records.label(item);
  return filled;
}

Filled fill(const Feed& feed, std::int64_t item, const InputSpec& spec, const Preprocess& how,
            bool scale_arrays, const std::string& made_as, SourceCache& files) {
  const std::shared_ptr<const Source> source = files.open(feed.file);
  if (const auto* archive = std::get_if<ArchiveSource>(source.get()))
    return fill_from_array(*archive->array(feed.key), item, feed.typed, spec, how, scale_arrays, made_as);
  if (const auto* array = std::get_if<ArraySource>(source.get()))
    return fill_from_array(array->array, item, feed.typed, spec, how, scale_arrays, made_as);
  return fill_from_picture(*source, item, feed.typed, spec, how);
}

/// The descriptions of all inputs of the model, joined; one text if all are the same.
std::string joined(const std::vector<std::string>& texts, std::span<const InputSpec> specs) {
  if (texts.empty()) return "none";
  if (std::ranges::all_of(texts, [&](const std::string& text) { return text == texts[0]; })) return texts[0];
  std::string all;
  for (std::size_t i = 0; i < texts.size(); ++i)
    all += fmt::format("{}{}: {}", i > 0 ? "; " : "", specs[i].name, texts[i]);
  return all;
}

}  // namespace

std::size_t InputList::size() const {
  return state_ == nullptr ? 0 : state_->entries.size();
}
const InputList::Entry& InputList::operator[](std::size_t i) const {
  return state_->entries[i];
}

InputList InputList::every(std::size_t step, std::size_t first) const {
  InputList list;
  if (state_ == nullptr) return list;
  list.state_ = std::make_shared<State>(*state_);
  list.state_->entries.clear();
  list.state_->plans.clear();
  list.state_->numbers.clear();
  for (std::size_t i = first; i < size(); i += step) {
    list.state_->entries.push_back(state_->entries[i]);
    list.state_->plans.push_back(state_->plans[i]);
    list.state_->numbers.push_back(state_->numbers[i]);
  }
  return list;
}

std::vector<std::string> InputList::paths() const {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < size(); ++i)
    for (const Feed& feed : *state_->plans[i].feeds)
      if (seen.insert(feed.file.path).second) paths.push_back(feed.file.path);
  return paths;
}

std::vector<std::string> InputList::notes() const {
  return state_ == nullptr ? std::vector<std::string>{} : state_->tally->notes(state_->preprocess);
}
std::string InputList::done_to_pictures() const {
  return state_ == nullptr ? "" : state_->tally->done_to_pictures();
}
bool InputList::read_pictures() const {
  return state_ != nullptr && state_->tally->any_picture();
}

Error as_key_of(const std::string& file, const Error& e) {
  std::string what = " " + std::string(e.what());
  for (std::size_t at = what.find(" --"); at != std::string::npos; at = what.find(" --", at + 1))
    what.erase(at + 1, 2);
  return {e.kind(), fmt::format("{}:{}", file, what), e.hint()};
}

Input InputList::load(std::size_t i) const {
  try {
    return load_as_it_is(i);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::usage || state_->preprocess_file.empty()) throw;
    throw as_key_of(state_->preprocess_file, e);
  }
}

Input InputList::load_as_it_is(std::size_t i) const {
  const Entry& entry = state_->entries[i];
  const PlannedInput& plan = state_->plans[i];
  if (plan.error != nullptr) throw *plan.error;
  Input input;
  input.id = entry.id;
  input.file = entry.file;
  input.item = entry.item;
  std::vector<std::string> done;
  InputRemarks remarks;
  for (std::size_t k = 0; k < state_->specs.size(); ++k) {
    Filled filled = fill((*plan.feeds)[k], plan.items[k], state_->specs[k], state_->preprocess,
                         state_->scale_arrays, plan.made_as, *state_->files);
    input.tensors.push_back(std::move(filled.tensor));
    done.push_back(std::move(filled.preprocess));
    if (!input.picture) input.picture = std::move(filled.picture);
    if (!input.own_label) input.own_label = filled.label;
    remarks.add(filled.remarks);
  }
  input.preprocess = joined(done, state_->specs);
  state_->tally->add(state_->numbers[i], remarks, input.preprocess);
  return input;
}

Input InputList::try_load(std::size_t i) const {
  try {
    return load(i);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::input) throw;
    Input input;
    input.id = state_->entries[i].id;
    input.file = state_->entries[i].file;
    input.item = state_->entries[i].item;
    input.error = e.what();
    input.hint = e.hint();
    return input;
  }
}

InputList expand_inputs(std::span<const std::string> arguments, const InputOptions& options,
                        std::span<const InputSpec> specs) {
  InputList list;
  list.state_ = std::make_shared<InputList::State>();
  InputList::State& state = *list.state_;
  state.specs.assign(specs.begin(), specs.end());
  state.preprocess = options.preprocess;
  state.scale_arrays = options.preprocess_given;
  state.preprocess_file = options.preprocess_file;
  state.files = std::make_shared<SourceCache>(std::max<std::size_t>(specs.size(), 1), options.file_limit);
  state.plans = plan_inputs(arguments, options, specs, *state.files);
  for (const PlannedInput& plan : state.plans) {
    state.numbers.push_back(state.entries.size());
    state.entries.push_back(plan.entry);
  }
  state.tally = std::make_shared<InputTally>(state.entries.size());
  return list;
}

}  // namespace nv
