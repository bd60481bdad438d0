#include "shared/inputs.h"

#include <filesystem>
#include <set>

#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/finite.h"
#include "nv/data/items.h"
#include "nv/data/labels.h"
#include "nv/data/sample_list.h"

namespace nv {

void check_not_read(std::string_view option, const std::string& output, std::span<const std::string> read) {
  for (const std::string& file : read)
    if (same_file(file, output)) throw_usage("{} {}: is an input of this run", option, output);
}

void InputFlags::declare(OptionSet& options) {
  const OptionGroup group = options.group("Inputs");
  const auto numbers = [](const char* option) {
    return [option](const std::string& text) { (void)parse_channel_numbers(text, option); };
  };
  group.add("--items", items_, "RANGES", "Items of files that hold many: 0-99 or 3,5,8")
      .check([](const std::string& text) { ItemRanges{text}; })
      .default_value("all");
  group.add_flag("--recursive", recursive_, "Include subdirectories");
  preprocess_option_ =
      group.add("--preprocess", preprocess_, "HOW", "Scale of pixels (unit 0..1, raw 0..255, signed -1..1)")
          .one_of(scale_names())
          .default_value("unit; raw where the model scales");
  mean_option_ =
      group.add("--mean", mean_, "M", "Subtracted from pixels of 0..1; one number, or one per channel")
          .check(numbers("--mean"))
          .default_value("0");
  std_option_ = group.add("--std", std_, "S", "Divides pixels after --mean; one number, or one per channel")
                    .check(numbers("--std"))
                    .default_value("1");
  group.add("--resize", resize_, "HOW", "Interpolation of pictures of another size").one_of(resize_names());
  group.add("--fit", fit_, "HOW", "How pictures of another shape fit").one_of(fit_names());
  group.add_flag("--invert", invert_, "Invert pixels: dark on light to light on dark");
  group.add("--channels", channels_, "ORDER", "Channel order of the model").one_of({"rgb", "bgr"});
  group.add("--labels", labels_, "FILE", "Class names: a file (one per line, or JSON), or a data set's name")
      .suggests(label_presets())
      .default_value("none");
  group.add("--truth", truth, "SOURCE", "True classes: a file, a sample list, from-name or from-dir")
      .suggests({"from-name", "from-dir"})
      .default_value("none");
  group.add_flag("--strict", strict, "Stop at the first bad input");
  group.add("--defaults", defaults_file_, "FILE", "Read options from a TOML file");
  group.add_flag("--no-defaults", no_defaults_, "Ignore MODEL.nv.toml and the user's nv.toml");
}

Defaults InputFlags::apply_defaults(const OptionSet& options, const std::string& model) {
  given_ = preprocess_option_.is_given() || mean_option_.is_given() || std_option_.is_given();
  defaults_ = nv::apply_defaults(options, defaults_file_, model, !no_defaults_);
  return defaults_;
}

std::string InputFlags::scale_file() const {
  for (const char* key : {"preprocess", "mean", "std"})
    if (const auto source = defaults_.sources.find(key); source != defaults_.sources.end())
      return source->second;
  return "";
}

std::string InputFlags::drop_unfit_scale(const Model& model, const Structure& structure) {
  const std::string file = scale_file();
  if (file.empty()) return "";
  try {
    const Preprocess p = preprocess(model);
    for (const InputSpec& spec : input_specs(model, structure))
      if (spec.shape.rank() == 3 && channels_of(spec) > 0) (void)channel_scales(p, channels_of(spec));
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::usage) throw;
    preprocess_.clear();
    mean_.clear();
    std_.clear();
    const std::string_view what = e.what();
    return what.starts_with(file) ? e.what() : as_key_of(file, e).what();
  }
  return "";
}

/// --preprocess, --mean and --std, which may be from a file of defaults.
void InputFlags::read_scale(const InputScale& found, Preprocess& p) const {
  if (!preprocess_.empty()) p.scale = parse_scale(preprocess_);
  if (mean_.empty() && std_.empty()) {
    if (preprocess_.empty()) p.scale = found.scale;
    return;
  }
  if (!preprocess_.empty() && p.scale != Scale::unit)
    throw Error(ErrorKind::usage, "--mean and --std exclude --preprocess " + preprocess_,
                "they apply to 0..1: remove preprocess");
  p.scale = Scale::custom;
  if (!mean_.empty()) p.mean = parse_channel_numbers(mean_, "--mean");
  if (!std_.empty()) p.deviation = parse_channel_numbers(std_, "--std");
}

Preprocess InputFlags::preprocess(const InputScale& found) const {
  Preprocess p;
  p.resize = parse_resize(resize_);
  p.fit = parse_fit(fit_);
  p.invert = invert_;
  p.bgr = parse_bgr(channels_);
  try {
    read_scale(found, p);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::usage || scale_file().empty()) throw;
    throw as_key_of(scale_file(), e);
  }
  return p;
}

InputOptions InputFlags::options(const Model& model) const {
  InputOptions options;
  options.items = items_;
  options.recursive = recursive_;
  options.preprocess = preprocess(model);
  options.preprocess_given = given_;
  options.preprocess_file = scale_file();
  return options;
}

InputList InputFlags::expand(const std::vector<std::string>& arguments, const Model& model,
                             const Structure& structure) const {
  return expand_inputs(arguments, options(model), input_specs(model, structure));
}

Input InputFlags::load_one(const std::string& argument, const Model& model,
                           const Structure& structure) const {
  InputOptions list_options = options(model);
  list_options.items = {};
  const InputList list = expand_inputs(std::vector{argument}, list_options, input_specs(model, structure));
  if (list.size() != 1)
    throw Error(ErrorKind::usage, fmt::format("{}: expected one input, got {}", argument, list.size()),
                fmt::format("{}#0", argument));
  Input input = list.load(0);
  for (const Tensor& t : input.tensors)
    if (!all_finite(t.values())) throw_input("{}: holds NaN or infinite values", argument);
  return input;
}

InputList InputFlags::expand_origins(const std::vector<std::string>& origins, const Model& model,
                                     const Structure& structure) const {
  InputOptions list_options = options(model);
  list_options.from_list = true;
  return expand_inputs(origins, list_options, input_specs(model, structure));
}

void InputFlags::print_notes(const Console& console, const Model& model, const InputList& inputs,
                             bool changes) const {
  if (inputs.read_pictures()) {
    const InputScale found = input_scale(model);
    for (const std::string& note : preprocess_notes(found, preprocess(found), scale_chosen()))
      console.note(fmt::format("{}: {}", model.file, note));
  }
  for (const std::string& note : inputs.notes()) console.note(note);
  if (const std::string text = inputs.done_to_pictures(); changes && !text.empty())
    console.note(fmt::format("pictures: {}", text));
}

std::vector<std::string> InputFlags::files_read(const InputList& inputs,
                                                const std::vector<std::string>& more) const {
  std::set<std::string> all(more.begin(), more.end());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputList::Entry& entry = inputs[i];
    all.insert({entry.sample_list, entry.origin, entry.origin.substr(0, entry.origin.rfind('#'))});
    if (entry.usable) continue;
    // It has no path: take its name as typed, and without "#N".
    all.insert(entry.file);
    all.insert(entry.file.substr(0, entry.file.rfind('#')));
  }
  for (const std::string& path : inputs.paths()) all.insert(path);
  std::vector<std::string> files(all.begin(), all.end());
  // FILE.npz:KEY is an array of an archive; a folder holds a sample list.
  for (const std::string& file :
       {labels_, truth, truth.substr(0, truth.rfind(':')), defaults_file_, defaults_.file})
    files.push_back(file);
  if (!truth.empty()) files.push_back((std::filesystem::path(truth) / sample_list_name).string());
  std::erase(files, "");
  return files;
}

std::vector<std::string> InputFlags::labels(const Defaults& defaults) const {
  return labels_.empty() ? defaults.labels : read_labels(labels_);
}

}  // namespace nv
