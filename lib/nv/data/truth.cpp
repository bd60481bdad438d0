#include "nv/data/truth.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/cifar.h"
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

/// Parses a class: its number or its name.
std::optional<std::int64_t> class_of(std::string_view text, std::span<const std::string> names) {
  if (const auto number = whole_number(text)) return number;
  // A name of several classes is not unique: ImageNet has two classes named crane.
  if (std::ranges::count(names, text) != 1) return std::nullopt;
  return std::ranges::find(names, text) - names.begin();
}

std::vector<std::string> lower_case(std::span<const std::string> names) {
  std::vector<std::string> lower;
  for (const std::string& name : names) lower.push_back(ascii_lower(name));
  return lower;
}

/// The class of that name; nullopt if none or several have it. All in lower case.
std::optional<std::int64_t> class_named(std::string_view text, std::span<const std::string> names) {
  std::optional<std::int64_t> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text != names[i]) continue;
    if (found) return std::nullopt;
    found = static_cast<std::int64_t>(i);
  }
  return found;
}

/// The label of each input by `label_of(entry)`; no_label for inputs that cannot be used.
template <typename LabelOf>
Labels labels_by(const InputList& inputs, const LabelOf& label_of) {
  Labels labels;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    labels.push_back(inputs[i].usable ? label_of(inputs[i]) : no_label);
  return labels;
}

// Labels from the names of the inputs' files.

/// Whether a file's name begins with a class's name, both in lower case, with '_' or '-' for a space, and no
/// letter follows.
bool begins_with_class(std::string_view file, std::string_view name) {
  if (name.empty() || file.size() < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool gap = name[i] == ' ' && (file[i] == '_' || file[i] == '-' || file[i] == ' ');
    if (!gap && file[i] != name[i]) return false;
  }
  const char next = file.size() > name.size() ? file[name.size()] : '.';
  const bool letter = (next >= 'a' && next <= 'z') || static_cast<unsigned char>(next) >= 0x80;
  const bool digits = name.back() >= '0' && name.back() <= '9' && next >= '0' && next <= '9';
  return !letter && !digits;
}

/// The class with the longest name that the file's name begins with; nullopt if several have that name. Names
/// that are numbers do not count. All in lower case.
std::optional<std::int64_t> leading_class(std::string_view file, std::span<const std::string> names) {
  std::optional<std::int64_t> found;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (whole_number(names[i]) || names[i].size() < longest || !begins_with_class(file, names[i])) continue;
    found = names[i].size() == longest ? std::nullopt : std::optional(static_cast<std::int64_t>(i));
    longest = names[i].size();
  }
  return found;
}

Labels from_names(const InputList& inputs, std::span<const std::string> names) {
  const std::vector<std::string> lower_names = lower_case(names);
  return labels_by(inputs, [&](const InputList::Entry& input) {
    const std::string name = fs::path(input.path).filename().string();
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    std::optional<std::int64_t> label = leading_class(ascii_lower(name), lower_names);
    if (!label) label = whole_number(std::string_view(name).substr(0, digits));
    if (!label)
      throw LabelMismatch(
          fmt::format("{}: its name does not begin with the number{} of its class", input.file,
                      names.empty() ? "" : " or the name"),
          names.empty()
              ? "--truth from-name reads 7 out of 7_first.png; with --labels names too, as in cat_12.png"
              : "--truth from-name reads 7 out of 7_first.png, and a class's name out of cat_12.png");
    return *label;
  });
}

std::string folder_of(const InputList::Entry& entry) {
  const fs::path folder = fs::absolute(fs::path(entry.path).parent_path() / ".").lexically_normal();
  return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

/// Classes by the names of the inputs' folders: the class's name or its number. The order of the folders is
/// not used, since some may be missing.
Labels from_folders(const InputList& inputs, std::span<const std::string> names) {
  const std::vector<std::string> lower_names = lower_case(names);
  return labels_by(inputs, [&](const InputList::Entry& input) {
    const std::string folder = folder_of(input);
    std::optional<std::int64_t> label = class_named(ascii_lower(folder), lower_names);
    if (!label) label = whole_number(folder);
    if (!label)
      throw LabelMismatch(
          fmt::format(
              "{}: its folder '{}' is {}", input.file, one_line(folder),
              names.empty() ? "no number of a class" : "neither the name nor the number of one class"),
          names.empty() ? "--labels FILE gives the number of each name" : did_you_mean(folder, names));
    return *label;
  });
}

// Labels from a sample list.

Labels from_samples(const std::string& folder, const InputList& inputs) {
  std::map<std::string, std::optional<std::int64_t>> known;
  for (const SampleLine& sample : read_sample_list(folder)) known[sample.id] = sample.label;
  Labels labels;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto at = known.find(inputs[i].id);
    if (inputs[i].usable && (at == known.end() || !at->second))
      throw LabelMismatch(fmt::format("{}: its sample list has no label for {}", folder, inputs[i].id));
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

/// The inputs by each NAME that a line NAME LABEL can have.
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
  throw LabelMismatch(fmt::format("{}: line {}: '{}' is no class", source, line.number, one_line(word)),
                      names.empty() ? "class names need --labels" : did_you_mean(word, names));
}

/// Lines NAME LABEL, both of which may contain spaces. Lines about other files are ignored.
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
      throw LabelMismatch(fmt::format("{}: has no label for {}", source, inputs[i].file),
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

/// Bytes of a text file with labels.
constexpr std::uint64_t most_text = std::uint64_t{1} << 30;

Labels from_cifar(const Bytes& bytes, const std::string& source) {
  const CifarRecords records(bytes, source);
  Labels labels;
  for (std::int64_t i = 0; i < records.size(); ++i) labels.push_back(records.label(i));
  return labels;
}

/// The content of a file: labels, or lines of text.
struct Content {
  std::optional<Labels> labels;
  Bytes text;
};

Content content_of(ByteStream& bytes, const std::string& source, const Reference& reference) {
  HeadStream stream(bytes);
  const std::span<const std::byte> head = stream.head(64);
  if (is_zip(head)) {
    Bytes whole = read_rest(stream, source, std::uint64_t{1} << 34, stream.size_known() ? stream.most() : 0);
    return {from_array(array_in(NpzReader(std::move(whole), reference.path), source, reference.key), source),
            {}};
  }
  if (!reference.key.empty()) throw_input("{}: has no arrays by name", source);
  if (is_npy(head)) return {from_array(read_npy(stream, source), source), {}};
  if (is_idx(head)) return {from_array(read_idx(stream, source), source), {}};
  Bytes whole = read_rest(stream, source, most_text, stream.size_known() ? stream.most() : 0);
  if (CifarRecords::fits(whole)) return {from_cifar(whole, source), {}};
  return {std::nullopt, std::move(whole)};
}

/// Reads a regular file, or a stream once.
Content read_content(const std::string& source, const Reference& reference) {
  std::unique_ptr<FileReader> file;
  Bytes bytes;
  std::error_code error;
  if (reference.path != "-" && fs::is_regular_file(reference.path, error))
    file = std::make_unique<FileReader>(reference.path);
  else
    bytes = read_file(reference.path, most_text);
  const auto content = [&](ByteStream& stream) {
    HeadStream whole(stream);
    if (!is_gzip(whole.head(3))) return content_of(whole, source, reference);
    GunzipStream unpacked(whole, source);
    return content_of(unpacked, source, reference);
  };
  if (file != nullptr) {
    FileStream stream(*file);
    return content(stream);
  }
  MemoryStream stream(bytes);
  return content(stream);
}

/// Number of items of the file that all inputs are items of; nullopt if there is no such file.
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
    throw LabelMismatch(fmt::format("{}: {} for {}{}", source, counted(std::ssize(labels), "label"),
                                    counted(static_cast<long long>(inputs.size()), "input"),
                                    items ? fmt::format(" out of {}", *items) : ""),
                        "--truth has one label per input; names of the classes are for --labels");
  return labels;
}

Labels from_file(const std::string& source, const InputList& inputs, std::span<const std::string> names) {
  const Reference reference =
      parse_reference(source, [](const std::string&, const std::string&) { return true; });
  if (reference.items)
    throw_usage("--truth {}: takes no items; labels are chosen by the inputs' numbers", source);
  const Content content = read_content(source, reference);
  if (content.labels) return for_inputs(*content.labels, source, inputs);
  if (std::ranges::find(content.text, std::byte{0}) != content.text.end())
    throw_input("{}: holds no labels", source);
  const std::vector<Line> lines = lines_of(content.text);
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
  Labels truth = source == "from-name"     ? from_names(inputs, labels)
                 : source == "from-dir"    ? from_folders(inputs, labels)
                 : has_sample_list(source) ? from_samples(source, inputs)
                                           : from_file(source, inputs, labels);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (inputs[i].usable && truth[i] < 0)
      throw LabelMismatch(fmt::format("{}: {} for {} is no class", source, truth[i], inputs[i].file));
    if (classes > 0 && truth[i] >= classes)
      throw LabelMismatch(fmt::format("{}: class {} for {}, the model has {} classes", source, truth[i],
                                      inputs[i].file, classes));
  }
  return truth;
}

}  // namespace nv
