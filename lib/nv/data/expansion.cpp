#include "nv/data/expansion.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/data/directory.h"
#include "nv/data/reference.h"
#include "nv/data/sample_list.h"

namespace nv {

namespace {

/// A feed, and the inputs in it.
struct FeedItems {
  Feed feed;
  ArrayFit fit;
};

/// Numbers of the chosen items, and the first number that does not exist.
struct ChosenItems {
  std::vector<std::int64_t> items;
  std::optional<std::int64_t> missing;
};

std::string without_extension(std::string name) {
  if (name.size() > 3 && name.ends_with(".gz")) name.resize(name.size() - 3);
  return std::filesystem::path(name).replace_extension().string();
}

std::string stem(const std::string& path) {
  if (path == "-") return "stdin";
  return file_safe(without_extension(std::filesystem::path(path).filename().string()), std::string::npos);
}

/// Name of the array in an archive for each input of the model.
std::vector<std::string> archive_keys(const NpzReader& archive, const Reference& reference,
                                      std::span<const InputSpec> specs) {
  if (!reference.key.empty()) {
    if (specs.size() != 1)
      throw_input("{}: one array, the model has {} inputs", reference.typed, specs.size());
    return {reference.key};
  }
  std::vector<std::string> names;
  std::vector<std::string> numbers;
  for (const InputSpec& spec : specs) {
    names.push_back(spec.name);
    numbers.push_back(std::to_string(numbers.size()));
  }
  const auto there = [&](const std::string& name) { return archive.contains(name); };
  if (std::ranges::all_of(names, there)) return names;
  if (std::ranges::all_of(numbers, there)) return numbers;
  if (specs.size() == 1 && archive.names().size() == 1) return archive.names();
  const std::string held = shortened(one_line(fmt::format("{}", fmt::join(archive.names(), ", "))), 200);
  if (specs.size() == 1)
    throw Error(ErrorKind::input,
                fmt::format("{}: holds {} arrays, none named '{}' or 0", reference.typed,
                            archive.names().size(), names[0]),
                fmt::format("choose one by {}:KEY; it holds {}", reference.typed, held));
  throw Error(
      ErrorKind::input,
      fmt::format("{}: lacks arrays for the model's inputs {}", reference.typed, fmt::join(names, ", ")),
      fmt::format("name them so, or 0 to {}; it holds {}", specs.size() - 1, held));
}

/// Approximate memory of an input that is not read yet: its id and names.
constexpr std::uint64_t bytes_of_an_input = 600;

class Planner {
 public:
  Planner(const InputOptions& options, std::span<const InputSpec> specs, SourceCache& files)
      : options_(options), specs_(specs), files_(files) {
    if (!options.items.empty()) items_.emplace(options.items);
  }

  void add(const std::string& argument) {
    try {
      add_argument(argument);
    } catch (const Error& e) {
      if (e.kind() != ErrorKind::input) throw;
      add_error(stem(argument), argument, e);
    }
  }

  std::vector<PlannedInput> finish() {
    const bool failed =
        std::ranges::any_of(inputs_, [](const PlannedInput& p) { return p.error != nullptr; });
    if (items_ && !used_items_ && !failed && !inputs_.empty())
      throw_usage("--items {}: none of the inputs is a file that holds many", options_.items);
    make_ids_unique();
    return std::move(inputs_);
  }

 private:
  void add_argument(const std::string& argument) {
    if (const auto samples = sample_argument(argument)) return add_samples(argument, *samples);
    const std::vector<std::string> named = parse_named(argument, specs_);
    if (!named.empty()) return add_named(argument, named);
    const Reference reference = parse(argument);
    std::error_code error;
    if (!std::filesystem::is_directory(reference.path, error)) return add_file(argument, reference);
    if (options_.from_list) throw_input("{}: is a directory", argument);
    if (reference.items || !reference.key.empty()) throw_input("{}: a directory has no items", argument);
    if (const std::string none = no_samples_text(reference.path); !none.empty())
      throw_input("{}: {}", argument, none);
    if (specs_.size() > 1) throw_wrong_number(argument);
    for (const FoundImage& image : find_images(reference.path, options_.recursive)) {
      Feed feed{image.path, {image.path, FileName::Reach::regular}, ""};
      add_input(file_safe(without_extension(image.below), std::string::npos), image.path, {std::move(feed)},
                {0}, std::nullopt, 1);
    }
  }

  void add_samples(const std::string& argument, const SampleArgument& meant) {
    if (specs_.size() > 1) throw_wrong_number(argument);
    const std::vector<SampleLine> samples = samples_of(meant);
    if (samples.empty()) throw_input("{}: its sample list is empty", argument);
    if (items_ && meant.id.empty()) {
      used_items_ = true;
      for (const std::int64_t i : items_->below(static_cast<std::int64_t>(samples.size())))
        add_sample(meant.folder, samples[static_cast<std::size_t>(i)]);
      return;
    }
    for (const SampleLine& sample : samples) add_sample(meant.folder, sample);
  }

  /// A sample whose file cannot be used becomes an input with an error.
  void add_sample(const std::string& folder, const SampleLine& sample) {
    const std::string typed = fmt::format("{}#{}", folder, sample.id);
    Reference reference;
    reference.typed = typed;
    try {
      const FileName file = inside(folder, sample.file);
      reference.path = file.path;
      const FeedItems held = holdings(reference, file, specs_).at(0);
      if (held.fit.items != 1) throw_input("{}: {} holds {} inputs", typed, file.path, held.fit.items);
      add_input(sample.id, typed, {held.feed}, {0}, std::nullopt, 1);
      inputs_.back().made_as = sample.preprocess;
    } catch (const Error& e) {
      if (e.kind() != ErrorKind::input) throw;
      add_error(sample.id, typed, e);
    }
    InputList::Entry& entry = inputs_.back().entry;
    entry.origin = sample.origin;
    entry.method = sample.method;
    entry.l2 = sample.l2;
    entry.linf = sample.linf;
    entry.sample_list = (std::filesystem::path(folder) / sample_list_name).string();
  }

  /// Paths of a sample list may only be regular files; those of the user may be anything that can be read.
  FileName named(const std::string& path) const {
    return {path, options_.from_list ? FileName::Reach::regular : FileName::Reach::any};
  }

  Reference parse(const std::string& text) {
    return parse_reference(text, [this](const std::string& path, const std::string& key) {
      const auto source = files_.open(named(path));
      const auto* archive = std::get_if<ArchiveSource>(source.get());
      return archive != nullptr && archive->reader().contains(key);
    });
  }

  [[noreturn]] void throw_wrong_number(const std::string& file) const {
    std::vector<std::string> names;
    for (const InputSpec& spec : specs_) names.push_back(spec.name);
    throw Error(ErrorKind::input, fmt::format("{}: one input, the model takes {}", file, specs_.size()),
                fmt::format("{}=FILE, or an .npz of {}", fmt::join(names, "=FILE,"), fmt::join(names, ", ")));
  }

  /// The items of a file for each of `specs`.
  std::vector<FeedItems> holdings(const Reference& reference, const FileName& file,
                                  std::span<const InputSpec> specs) {
    const std::optional<Outline> outline = files_.outline(file);
    if (!outline) return archive_holdings(reference, file, specs);
    if (!reference.key.empty()) throw_input("{}: {} has no arrays by name", reference.typed, reference.path);
    if (specs.size() != 1) throw_wrong_number(reference.typed);
    const Feed feed{reference.typed, file, ""};
    // A single image is no batch; a data set is a batch even if it has one picture.
    if (outline->pictures)
      return {{feed, {*outline->pictures, !outline->shape.empty() || *outline->pictures > 1, {}}}};
    return {{feed, require_fit(outline->shape, outline->type, specs[0], reference.typed)}};
  }

  std::vector<FeedItems> archive_holdings(const Reference& reference, const FileName& file,
                                          std::span<const InputSpec> specs) {
    const auto source = files_.open(file);
    const NpzReader& archive = std::get<ArchiveSource>(*source).reader();
    const std::vector<std::string> keys = archive_keys(archive, reference, specs);
    std::vector<FeedItems> result;
    for (std::size_t k = 0; k < specs.size(); ++k) {
      const std::string name =
          reference.key.empty() ? fmt::format("{}:{}", reference.typed, keys[k]) : reference.typed;
      const NpyHeader header = archive.header(keys[k]);
      result.push_back({{name, file, keys[k]}, require_fit(header.shape, header.type, specs[k], name)});
      if (result[k].fit.items != result[0].fit.items)
        throw_input("{}: {} items of '{}', but {} of '{}'", reference.typed, result[0].fit.items, keys[0],
                    result[k].fit.items, keys[k]);
    }
    return result;
  }

  ChosenItems choose(const Reference& reference, const ArrayFit& fit) {
    const ItemRanges* ranges = nullptr;
    if (reference.items) ranges = &*reference.items;
    if (ranges == nullptr && items_ && fit.batch) {
      ranges = &*items_;
      used_items_ = true;
    }
    if (fit.items == 0) throw_input("{}: holds no items", reference.typed);
    const std::int64_t chosen = ranges == nullptr ? fit.items : ranges->count_below(fit.items);
    check_memory(static_cast<std::uint64_t>(chosen) * bytes_of_an_input,
                 fmt::format("{}: a list of {} inputs", reference.typed, chosen));
    if (ranges != nullptr) return {ranges->below(fit.items), ranges->first_beyond(fit.items)};
    ChosenItems all;
    all.items.reserve(static_cast<std::size_t>(fit.items));
    for (std::int64_t i = 0; i < fit.items; ++i) all.items.push_back(i);
    return all;
  }

  void add_file(const std::string& argument, const Reference& reference) {
    const std::vector<FeedItems> held = holdings(reference, named(reference.path), specs_);
    const ArrayFit& fit = held.at(0).fit;
    const ChosenItems chosen = choose(reference, fit);
    std::vector<Feed> feeds;
    feeds.reserve(held.size());
    for (const FeedItems& holding : held) feeds.push_back(holding.feed);
    const bool many = fit.items > 1;
    const std::string base = stem(reference.path);
    const auto shared = std::make_shared<const std::vector<Feed>>(std::move(feeds));
    for (const std::int64_t i : chosen.items)
      add_input(many ? fmt::format("{}-{}", base, i) : base,
                many ? fmt::format("{}#{}", reference.typed, i) : reference.typed, shared,
                std::vector<std::int64_t>(held.size(), i), fit.batch ? std::optional(i) : std::nullopt,
                fit.items);
    if (chosen.missing)
      add_error(fmt::format("{}-{}", base, *chosen.missing),
                fmt::format("{}#{}", reference.typed, *chosen.missing),
                Error(ErrorKind::input, fmt::format("{}: has no item {}", argument, *chosen.missing),
                      fmt::format("it holds {}, numbered from 0", fit.items)));
  }

  void add_named(const std::string& argument, const std::vector<std::string>& files) {
    std::vector<Feed> feeds;
    std::vector<Reference> references;
    std::vector<ArrayFit> fits;
    std::vector<std::vector<std::int64_t>> items;
    for (std::size_t k = 0; k < files.size(); ++k) {
      references.push_back(parse(files[k]));
      const FeedItems held = holdings(references[k], named(references[k].path), specs_.subspan(k, 1)).at(0);
      ChosenItems chosen = choose(references[k], held.fit);
      if (chosen.missing)
        throw_input("{}: {} has no item {}", argument, references[k].typed, *chosen.missing);
      if (k > 0 && chosen.items.size() != items[0].size())
        throw_input("{}: {} items for input '{}', but {} for '{}'", argument, items[0].size(), specs_[0].name,
                    chosen.items.size(), specs_[k].name);
      feeds.push_back(held.feed);
      fits.push_back(held.fit);
      items.push_back(std::move(chosen.items));
    }
    const auto shared = std::make_shared<const std::vector<Feed>>(std::move(feeds));
    for (std::size_t n = 0; n < items[0].size(); ++n) {
      std::vector<std::int64_t> chosen;
      std::string typed;
      for (std::size_t k = 0; k < files.size(); ++k) {
        chosen.push_back(items[k][n]);
        typed += fmt::format("{}{}={}", k > 0 ? "," : "", specs_[k].name, references[k].typed);
        if (fits[k].items > 1) typed += fmt::format("#{}", items[k][n]);
      }
      const std::string base = stem(references[0].path);
      add_input(fits[0].items > 1 ? fmt::format("{}-{}", base, chosen[0]) : base, typed, shared, chosen,
                fits[0].batch ? std::optional(chosen[0]) : std::nullopt, fits[0].items);
    }
  }

  void add_input(const std::string& id, const std::string& file, std::vector<Feed> feeds,
                 std::vector<std::int64_t> items, std::optional<std::int64_t> item, std::int64_t file_items) {
    add_input(id, file, std::make_shared<const std::vector<Feed>>(std::move(feeds)), std::move(items), item,
              file_items);
  }

  void add_input(const std::string& id, const std::string& file,
                 std::shared_ptr<const std::vector<Feed>> feeds, std::vector<std::int64_t> items,
                 std::optional<std::int64_t> item, std::int64_t file_items) {
    const std::string& path = feeds->at(0).file.path;
    inputs_.push_back(
        {{id, file, path, item, file_items, true}, std::move(feeds), std::move(items), nullptr});
  }

  void add_error(const std::string& id, const std::string& file, const Error& error) {
    PlannedInput input;
    input.entry.id = id;
    input.entry.file = file;
    input.entry.path = file;
    input.entry.usable = false;
    input.feeds = std::make_shared<const std::vector<Feed>>();
    input.error = std::make_shared<const Error>(error);
    inputs_.push_back(std::move(input));
  }

  void make_ids_unique() {
    std::set<std::string> used;
    std::map<std::string, int> times;
    for (PlannedInput& input : inputs_) {
      std::string id = input.entry.id;
      for (int& n = times[input.entry.id]; !used.insert(id).second;) {
        n = std::max(n, 1) + 1;
        id = fmt::format("{}.{}", input.entry.id, n);
      }
      input.entry.id = id;
    }
  }

  const InputOptions& options_;
  std::span<const InputSpec> specs_;
  SourceCache& files_;
  std::optional<ItemRanges> items_;
  bool used_items_ = false;
  std::vector<PlannedInput> inputs_;
};

}  // namespace

std::vector<PlannedInput> plan_inputs(std::span<const std::string> arguments, const InputOptions& options,
                                      std::span<const InputSpec> specs, SourceCache& files) {
  Planner planner(options, specs, files);
  for (const std::string& argument : arguments) planner.add(argument);
  return planner.finish();
}

ArrayFit require_fit(const Shape& array, ScalarType type, const InputSpec& spec, const std::string& file) {
  if (auto fit = fit_array(array, type, spec)) return *fit;
  throw Error(ErrorKind::input,
              fmt::format("{}: an array of {}, the model's input '{}' is {}", file, array.str(), spec.name,
                          spec.shape.str()),
              "arrays are taken as they are, one item or a batch; only images are resized");
}

}  // namespace nv
