#include "nv/data/truth.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/cifar.h"
#include "nv/data/directory.h"
#include "nv/data/gzip.h"
#include "nv/data/idx.h"
#include "nv/data/npz.h"
#include "nv/data/reference.h"
#include "nv/data/sample_list.h"

namespace nv {

namespace {

namespace fs = std::filesystem;
using Labels = std::vector<std::int64_t>;
constexpr std::int64_t no_label = -1;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// A class by its number or its name.
std::optional<std::int64_t> class_of(std::string_view text, std::span<const std::string> names) {
  if (const auto number = whole_number(text)) return number;
  // ImageNet has two classes named crane: such a name says nothing.
  if (std::ranges::count(names, text) != 1) return std::nullopt;
  return std::ranges::find(names, text) - names.begin();
}

// Labels from the names of the inputs' files.

Labels from_names(const InputList& inputs) {
  Labels labels;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].usable) {
      labels.push_back(no_label);
      continue;
    }
    const std::string name = fs::path(inputs[i].path).filename().string();
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    const auto number = whole_number(std::string_view(name).substr(0, digits));
    if (!number)
      throw Error(ErrorKind::input,
                  fmt::format("{}: its name does not begin with the number of its class", inputs[i].file),
                  "--truth from-name reads 7 out of 7_first.png");
    labels.push_back(*number);
  }
  return labels;
}

fs::path folder_of(const InputList::Entry& entry) {
  const fs::path folder = fs::absolute(fs::path(entry.path).parent_path() / ".").lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

/// The class folders beside `folder`, and itself.
std::vector<std::string> class_folders(const fs::path& folder) {
  return subdirectories(folder.parent_path().string());
}

Labels from_folders(const InputList& inputs, std::span<const std::string> names) {
  std::vector<fs::path> folders;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].usable) folders.push_back(folder_of(inputs[i]));
  if (folders.empty()) return Labels(inputs.size(), no_label);
  const bool all_named = std::ranges::all_of(folders, [&](const fs::path& folder) {
    return std::ranges::find(names, folder.filename().string()) != names.end();
  });
  const fs::path parent = folders[0].parent_path();
  if (!all_named &&
      std::ranges::any_of(folders, [&](const fs::path& f) { return f.parent_path() != parent; }))
    throw Error(ErrorKind::input, "--truth from-dir: the inputs' folders are not all in one directory",
                "--labels FILE says which number each folder's name is");
  const std::vector<std::string> classes =
      all_named ? std::vector<std::string>(names.begin(), names.end()) : class_folders(folders[0]);
  Labels labels;
  auto folder = folders.begin();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].usable) {
      labels.push_back(no_label);
      continue;
    }
    const auto found = std::ranges::find(classes, (folder++)->filename().string());
    if (found == classes.end()) throw_input("{}: is in no class folder", inputs[i].file);
    labels.push_back(found - classes.begin());
  }
  return labels;
}

// Labels from a sample list.

Labels from_samples(const std::string& folder, const InputList& inputs) {
  std::map<std::string, std::optional<std::int64_t>> known;
  for (const SampleLine& sample : read_sample_list(folder)) known[sample.id] = sample.label;
  Labels labels;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto at = known.find(inputs[i].id);
    if (inputs[i].usable && (at == known.end() || !at->second))
      throw_input("{}: its sample list has no label for {}", folder, inputs[i].id);
    labels.push_back(at != known.end() && at->second ? *at->second : no_label);
  }
  return labels;
}

// Labels from a text file.

struct Line {
  std::size_t number;
  std::string text;
};

std::vector<Line> lines_of(const Bytes& bytes) {
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::vector<Line> lines;
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (const std::string_view content = trim(line); !content.empty())
      lines.push_back({number, std::string(content)});
  }
  return lines;
}

/// What NAME in a line NAME LABEL can be, and the inputs of that name.
std::map<std::string, std::vector<std::size_t>> inputs_by_name(const InputList& inputs) {
  std::map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const fs::path path(inputs[i].path);
    const std::set<std::string> names{inputs[i].id, inputs[i].file, path.string(), path.filename().string(),
                                      path.stem().string()};
    for (const std::string& name : names) by_name[name].push_back(i);
  }
  return by_name;
}

[[noreturn]] void throw_unknown(const std::string& source, const Line& line, const std::string& word,
                                std::span<const std::string> names) {
  throw Error(ErrorKind::input,
              fmt::format("{}: line {}: '{}' is no class", source, line.number, one_line(word)),
              names.empty() ? "class names need --labels" : did_you_mean(word, names));
}

/// NAME LABEL, where both may have spaces in them. Lines about other files are passed over.
Labels from_named_lines(const std::vector<Line>& lines, const std::string& source, const InputList& inputs,
                        std::span<const std::string> names) {
  const auto by_name = inputs_by_name(inputs);
  std::vector<std::optional<std::int64_t>> found(inputs.size());
  for (const Line& line : lines) {
    std::optional<std::string> unknown;
    if (line.text.find_first_of(" \t") == std::string::npos && !class_of(line.text, names))
      unknown = line.text;
    for (std::size_t space = line.text.find_first_of(" \t"); space != std::string::npos;
         space = line.text.find_first_of(" \t", space + 1)) {
      const auto named = by_name.find(std::string(trim(line.text.substr(0, space))));
      if (named == by_name.end()) continue;
      const std::string label(trim(line.text.substr(space)));
      const auto number = class_of(label, names);
      if (!number) {
        unknown = label;
        continue;
      }
      for (const std::size_t i : named->second) found[i] = number;
      unknown.reset();
      break;
    }
    if (unknown) throw_unknown(source, line, *unknown, names);
  }
  Labels labels;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!found[i] && inputs[i].usable)
      throw Error(ErrorKind::input, fmt::format("{}: has no label for {}", source, inputs[i].file),
                  names.empty() ? "one label a line, or NAME LABEL; class names need --labels"
                                : "one label a line, or NAME LABEL");
    labels.push_back(found[i].value_or(no_label));
  }
  return labels;
}

// Labels from arrays.

Labels from_one_hot(const NpyArray& array, const std::string& source) {
  const Tensor rows = array.as_float();
  const std::int64_t classes = array.shape[1];
  Labels labels;
  for (std::int64_t row = 0; row < array.shape[0]; ++row) {
    const auto values =
        rows.values().subspan(static_cast<std::size_t>(row * classes), static_cast<std::size_t>(classes));
    const auto one = std::ranges::find(values, 1.0F);
    if (one == values.end() || std::ranges::count(values, 0.0F) != classes - 1)
      throw_input("{}: row {} is not one-hot", source, row);
    labels.push_back(one - values.begin());
  }
  return labels;
}

Labels from_array(const NpyArray& array, const std::string& source) {
  const Shape& shape = array.shape;
  if (shape.rank() == 2 && shape[1] > 1) return from_one_hot(array, source);
  if (shape.rank() > 2) throw_input("{}: an array of {}, not of labels", source, shape.str());
  return array.as_integers(source);
}

NpyArray array_in(const NpzReader& archive, const std::string& source, const std::string& key) {
  if (!key.empty()) return archive.read(key);
  if (archive.names().size() == 1) return archive.read(archive.names()[0]);
  throw Error(ErrorKind::input, fmt::format("{}: holds {} arrays", source, archive.names().size()),
              fmt::format("choose one by {}:KEY; it holds {}", source,
                          shortened(one_line(fmt::format("{}", fmt::join(archive.names(), ", "))), 200)));
}

/// The labels in a file of numbers; nullopt for other files.
std::optional<Labels> from_data(const Bytes& bytes, const std::string& source, const Reference& reference) {
  if (is_zip(bytes))
    return from_array(array_in(NpzReader(bytes, reference.path), source, reference.key), source);
  if (!reference.key.empty()) throw_input("{}: has no arrays by name", source);
  if (is_npy(bytes)) return from_array(parse_npy(bytes, source), source);
  if (is_idx(bytes)) return from_array(parse_idx(bytes, source), source);
  if (CifarRecords::fits(bytes)) {
    const CifarRecords records(bytes, source);
    Labels labels;
    for (std::int64_t i = 0; i < records.size(); ++i) labels.push_back(records.label(i));
    return labels;
  }
  return std::nullopt;
}

/// The number of items of the one file that all inputs come from, and hold by number.
std::optional<std::int64_t> items_of_one_file(const InputList& inputs) {
  const InputList::Entry* first = nullptr;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputList::Entry& entry = inputs[i];
    if (!entry.usable) continue;
    if (first == nullptr) first = &entry;
    if (!entry.item || entry.path != first->path) return std::nullopt;
  }
  return first == nullptr ? std::nullopt : std::optional(first->file_items);
}

Labels for_inputs(const Labels& labels, const std::string& source, const InputList& inputs) {
  const auto items = items_of_one_file(inputs);
  if (items && *items == static_cast<std::int64_t>(labels.size())) {
    Labels chosen;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      chosen.push_back(inputs[i].usable ? labels[static_cast<std::size_t>(*inputs[i].item)] : no_label);
    return chosen;
  }
  if (labels.size() != inputs.size())
    throw_input("{}: {} labels for {} inputs{}", source, labels.size(), inputs.size(),
                items ? fmt::format(" out of {}", *items) : "");
  return labels;
}

Labels from_file(const std::string& source, const InputList& inputs, std::span<const std::string> names) {
  const Reference reference =
      parse_reference(source, [](const std::string&, const std::string&) { return true; });
  if (reference.items)
    throw_usage("--truth {}: takes no items; labels are chosen by the inputs' numbers", source);
  Bytes bytes = read_file(reference.path);
  if (is_gzip(bytes)) bytes = gunzip(bytes, source);
  if (const auto labels = from_data(bytes, source, reference)) return for_inputs(*labels, source, inputs);
  if (std::ranges::find(bytes, std::byte{0}) != bytes.end()) throw_input("{}: holds no labels", source);
  const std::vector<Line> lines = lines_of(bytes);
  Labels labels;
  for (const Line& line : lines) {
    const auto label = class_of(line.text, names);
    if (!label) return from_named_lines(lines, source, inputs, names);
    labels.push_back(*label);
  }
  return for_inputs(labels, source, inputs);
}

}  // namespace

std::vector<std::int64_t> read_truth(const std::string& source, const InputList& inputs,
                                     std::span<const std::string> labels, std::int64_t classes) {
  Labels truth = source == "from-name"     ? from_names(inputs)
                 : source == "from-dir"    ? from_folders(inputs, labels)
                 : has_sample_list(source) ? from_samples(source, inputs)
                                           : from_file(source, inputs, labels);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (inputs[i].usable && truth[i] < 0)
      throw_input("{}: {} for {} is no class", source, truth[i], inputs[i].file);
    if (classes > 0 && truth[i] >= classes)
      throw_input("{}: class {} for {}, the model has {} classes", source, truth[i], inputs[i].file, classes);
  }
  return truth;
}

}  // namespace nv
