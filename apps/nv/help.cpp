#include "help.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common_options.h"
#include "inputs.h"
#include "nv/core/text.h"
#include "picture_options.h"

namespace nv {

namespace {

struct Topic {
  std::string_view name, group, about;
};

constexpr Topic topics[] = {
    {"inputs", "Inputs",
     "An INPUT is an image, an array (.npy, .npz:KEY), an IDX or CIFAR-10 file, a directory of those, or a "
     "list "
     "of samples that nv wrote (DIR, DIR#ID). FILE#0-99 takes items of it."},
    {"pictures", "Pictures",
     "Pictures are PNG, SVG or PDF, by the name's ending or --format; all have these options."},
    {"talk", "Talk", "Results are on standard output, all else on standard error."},
};

const Topic* topic_of_group(std::string_view group) {
  const auto* at = std::ranges::find(topics, group, &Topic::group);
  return at == std::end(topics) ? nullptr : at;
}

/// An app that has the options of a topic alone.
class TopicApp {
 public:
  explicit TopicApp(const Topic& topic) : app_(std::string(topic.about), std::string(topic.name)) {
    app_.set_help_flag("-h,--help", "Help of a command")->group("Talk");
    if (topic.name == "inputs") inputs_.declare(app_);
    if (topic.name == "pictures") pictures_.declare(app_);
    if (topic.name == "talk") declare_talk(app_, talk_);
  }
  CLI::App& app() { return app_; }

 private:
  CLI::App app_;
  InputFlags inputs_;
  PictureOptions pictures_;
  Talk talk_;
};

/// Words on lines of at most `width`, each line indented.
std::string wrapped(const std::vector<std::string>& words, std::size_t width) {
  std::string text, line = " ";
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > width) {
      text += line + '\n';
      line = " ";
    }
    line += ' ' + word;
  }
  return text + line + '\n';
}

}  // namespace

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  return Formatter::make_usage(app, "nv " + name);
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_positional()) return option->get_items_expected_max() > 1 ? " ..." : "";
  const std::string type = option->get_type_name();
  return option->get_expected_max() == 0 ? "" : " " + type.substr(0, type.find(':'));
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  const Topic* topic = topic_of_group(group);
  if (topic == nullptr) return Formatter::make_group(std::move(group), is_positional, std::move(options));
  TopicApp shared(*topic);
  std::vector<const CLI::Option*> own;
  std::vector<std::string> names;
  for (const CLI::Option* o : options) {
    if (shared.app().get_option_no_throw(o->get_name()) == nullptr)
      own.push_back(o);
    else
      names.push_back(o->get_name());
  }
  std::string text = own.empty() ? fmt::format("\n{}:\n", group)
                                 : Formatter::make_group(group, is_positional, std::move(own));
  if (names.empty()) return text;
  names.push_back(fmt::format("(nv help {})", topic->name));
  return text + wrapped(names, 96);
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::string text = Formatter::make_help(app, std::move(name), mode);
  for (std::size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at))
    text.erase(at, 1);
  return text;
}

std::optional<std::string> help_topic(std::string_view name) {
  const auto* topic = std::ranges::find(topics, name, &Topic::name);
  if (topic == std::end(topics)) return std::nullopt;
  TopicApp shared(*topic);
  CLI::Formatter formatter;
  formatter.column_width(28);
  std::string text = wrapped(split(topic->about, ' '), 96);
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* o : shared.app().get_options())
    if (o->get_group() == topic->group) options.push_back(o);
  return text + formatter.make_group(std::string(topic->group), false, std::move(options));
}

}  // namespace nv
