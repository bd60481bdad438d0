#include "nv/model/select.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// Marks the nodes that match; false if none does.
template <typename Matches>
bool mark(const Model& model, std::vector<bool>& chosen, const Matches& matches) {
  bool any = false;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    if (matches(i)) any = chosen[i] = true;
  return any;
}

[[noreturn]] void unknown_layer(const Model& model, const std::string& token) {
  std::vector<std::string> names;
  std::set<std::string_view> known;
  for (const Node& n : model.nodes) {
    names.push_back(n.path);
    known.insert(n.path);
  }
  for (const LayerSpec& l : model.layers)  // names of layers inside nested models
    if (known.insert(l.name).second) names.push_back(l.name);
  std::string hint = did_you_mean(token, names);
  if (hint.empty()) hint = fmt::format("nv inspect {} lists the layers", model.file);
  throw Error(ErrorKind::usage, fmt::format("{}: no layer '{}'", model.file, one_line(token)), hint);
}

/// Marks the nodes that one element of the list selects; false if none.
bool choose(const Model& model, const std::string& token, std::vector<bool>& chosen) {
  const auto path = [&](std::size_t i) -> const std::string& { return model.nodes[i].path; };
  const auto layer = [&](std::size_t i) -> const LayerSpec& { return model.layer_of(model.nodes[i]); };
  if (mark(model, chosen, [&](std::size_t i) { return path(i) == token || layer(i).path == token; }))
    return true;
  if (mark(model, chosen, [&](std::size_t i) { return layer(i).name == token; })) return true;
  if (token == "all" || token == "none") {
    mark(model, chosen, [&](std::size_t) { return token == "all"; });
    return true;
  }
  if (token.starts_with('@')) {
    const std::string kind = token.substr(1);
    if (mark(model, chosen, [&](std::size_t i) { return glob_match(kind, layer(i).kind); })) return true;
    std::set<std::string> kinds;
    for (const Node& n : model.nodes) kinds.insert(model.layer_of(n).kind);
    throw Error(ErrorKind::usage, fmt::format("{}: no layer of kind '{}'", model.file, one_line(kind)),
                fmt::format("it has {}", fmt::join(kinds, ", ")));
  }
  if (is_glob(token)) return mark(model, chosen, [&](std::size_t i) { return glob_match(token, path(i)); });
  const std::size_t dash = token.find('-');
  const auto first = number(std::string_view(token).substr(0, dash));
  const auto last = dash == std::string::npos ? first : number(std::string_view(token).substr(dash + 1));
  if (!first || !last) return false;
  if (*first > *last || *last >= model.nodes.size())
    throw_usage("{}: no layers {}: they are numbered 0 to {}", model.file, token, model.nodes.size() - 1);
  return mark(model, chosen, [&](std::size_t i) { return i >= *first && i <= *last; });
}

}  // namespace

std::vector<bool> select_layers(const Model& model, const std::string& selection) {
  std::vector<bool> chosen(model.nodes.size(), false);
  // A name may contain a comma: the whole text is tried first.
  const auto whole = [&](const Node& n) { return n.path == selection; };
  if (std::ranges::any_of(model.nodes, whole)) {
    choose(model, selection, chosen);
    return chosen;
  }
  for (const std::string& part : split(selection, ',')) {
    const std::string token(trim(part));
    check_interrupt();
    if (token.empty() || !choose(model, token, chosen)) unknown_layer(model, token);
  }
  return chosen;
}

std::size_t select_layer(const Model& model, const std::string& name) {
  // The path of the first call is also the name of a shared layer.
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    if (model.nodes[i].path == name) return i;
  const std::vector<bool> chosen = select_layers(model, name);
  const auto count = std::ranges::count(chosen, true);
  if (count != 1) throw_usage("{}: '{}' selects {} layers, expected one", model.file, one_line(name), count);
  return static_cast<std::size_t>(std::ranges::find(chosen, true) - chosen.begin());
}

}  // namespace nv
