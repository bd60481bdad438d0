#include "nv/figures/model/repeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "nv/analysis/families.h"
#include "nv/core/index.h"

namespace nv::figures {

namespace {

/// The first of the runs that cover the items from a place on, and what they come to.
struct BestRun {
  Run run{0, 1, 0};
  std::size_t items = 0, runs = 0;  ///< shown by all these runs

  /// Fewer items, then fewer runs, then a longer first run.
  bool better_than(const BestRun& other) const {
    if (other.run.times == 0) return true;
    if (items != other.items) return items < other.items;
    if (runs != other.runs) return runs < other.runs;
    return run.period * run.times > other.run.period * other.run.times;
  }
};

bool has_usual_note(const GraphNode& node) {
  if (node.brief.starts_with("upconv")) return false;  // mostly linear
  const auto family = static_cast<LayerFamily>(node.family);
  return family == LayerFamily::convolution || family == LayerFamily::depthwise ||
         family == LayerFamily::dense;
}

/// Nodes [begin, end) whose only output is that of the last, and whose only input is the node before.
struct Part {
  std::size_t begin = 0, end = 0;
};

/// Cuts the graph after each node through which all paths go.
std::vector<Part> parts_of(const NetworkGraph& graph) {
  const std::size_t n = graph.nodes.size();
  std::vector<std::size_t> reach(n, 0);  // by node: the last node with an edge from it
  for (const auto& [from, to] : graph.edges)
    reach[as_index(from)] = std::max(reach[as_index(from)], as_index(to));
  std::vector<bool> entered(n, false);
  for (const auto& edge : graph.edges) entered[as_index(edge.second)] = true;
  std::vector<Part> parts;
  std::size_t begin = 0, farthest = 0;  // of the edges from nodes before the current one
  for (std::size_t i = 0; i < n; ++i) {
    const bool passed = farthest > i;
    farthest = std::max(farthest, reach[i]);
    const bool next_enters = i + 1 < n && !entered[i + 1];  // another input
    if (passed || next_enters) continue;
    parts.push_back({begin, i + 1});
    begin = i + 1;
  }
  if (begin < n) parts.push_back({begin, n});
  return parts;
}

constexpr std::string_view times_sign = " × ";

/// A shape's axes but the last, the channels.
std::string_view without_channels(std::string_view shape) {
  const std::size_t at = shape.rfind(times_sign);
  return at == shape.npos ? std::string_view() : shape.substr(0, at);
}

/// "28 × 28 × 64…256": the shapes of the first and the last of equal parts, which may differ in channels.
std::string joined_shapes(const std::string& first, const std::string& last) {
  if (first == last) return first;
  const std::size_t at = last.rfind(times_sign);
  return fmt::format("{}…{}", first, at == last.npos ? last : last.substr(at + times_sign.size()));
}

/// Text that is equal for equal parts. Numbers of channels are in `brief` where the layer chooses them.
std::vector<std::string> signatures(const NetworkGraph& graph, std::span<const Part> parts) {
  std::vector<std::string> result;
  std::vector<std::vector<int>> sources(graph.nodes.size());
  for (const auto& [from, to] : graph.edges) sources[as_index(to)].push_back(from);
  for (const Part& part : parts) {
    std::string text;
    for (std::size_t i = part.begin; i < part.end; ++i) {
      const GraphNode& node = graph.nodes[i];
      text += fmt::format("{}|{}|{}|{}", node.kind, node.brief, node.note, without_channels(node.shape));
      if (node.frame >= 0 || node.shape.empty()) text += fmt::format("|{}", i);  // repeats nothing
      for (const int s : sources[i])
        text += fmt::format("|{}", as_index(s) < part.begin ? -1 : s - static_cast<int>(part.begin));
      text += '\n';
    }
    result.push_back(std::move(text));
  }
  return result;
}

/// Builds the graph that has each run once.
class Grouping {
 public:
  explicit Grouping(const NetworkGraph& graph)
      : graph_(graph), result_(graph), number_(graph.nodes.size(), -1) {
    result_.nodes.clear();
    result_.edges.clear();
  }

  /// `parts` stand `times` times in succession.
  void add(std::span<const Part> parts, std::size_t times) {
    const std::size_t begin = parts.front().begin, end = parts.back().end, period = end - begin;
    int frame = -1;
    if (times > 1) {
      frame = static_cast<int>(result_.frames.size());
      result_.frames.push_back({fmt::format("{} ×", times), -1, true});
    }
    for (std::size_t i = begin; i < end; ++i) {
      number_[i] = static_cast<int>(result_.nodes.size());
      result_.nodes.push_back(graph_.nodes[i]);
      GraphNode& node = result_.nodes.back();
      if (frame >= 0) node.frame = frame;
      node.shape = joined_shapes(node.shape, graph_.nodes[i + period * (times - 1)].shape);
    }
    for (std::size_t i = end; i < begin + period * times; ++i)
      number_[i] = number_[begin + (i - begin) % period];
    drawn_.push_back({begin, end});
  }

  NetworkGraph finished() {
    for (const auto& [from, to] : graph_.edges)
      if (std::any_of(drawn_.begin(), drawn_.end(),
                      [to = as_index(to)](const Part& p) { return to >= p.begin && to < p.end; }))
        result_.edges.emplace_back(number_[as_index(from)], number_[as_index(to)]);
    return std::move(result_);
  }

 private:
  const NetworkGraph& graph_;
  NetworkGraph result_;
  std::vector<int> number_;  // in the result, by node of the graph
  std::vector<Part> drawn_;
};

}  // namespace

std::vector<Run> runs_of(std::span<const std::string> items) {
  constexpr std::size_t longest = 4;
  const std::size_t n = items.size();
  std::array<std::vector<std::size_t>, longest>
      equal;  // from an item on: how many equal the one `period` later
  for (std::size_t period = 1; period <= longest; ++period) {
    std::vector<std::size_t>& count = equal[period - 1];
    count.assign(n + 1, 0);
    for (std::size_t i = n; i-- > 0;)
      if (i + period < n && items[i] == items[i + period]) count[i] = count[i + 1] + 1;
  }
  std::vector<BestRun> best(n + 1);
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t period = 1; period <= std::min(longest, n - i); ++period) {
      const std::size_t most = 1 + equal[period - 1][i] / period;
      // One copy fewer, as the last may begin a longer run.
      for (const std::size_t times : {most, most - 1, std::size_t{1}}) {
        if (times < (period > 1 ? 2U : 1U)) continue;
        const BestRun& rest = best[i + period * times];
        const BestRun here{{i, period, times}, rest.items + period, rest.runs + 1};
        if (here.better_than(best[i])) best[i] = here;
      }
    }
  std::vector<Run> runs;
  for (std::size_t i = 0; i < n; i = runs.back().end()) runs.push_back(best[i].run);
  return runs;
}

std::vector<RunLine> run_lines(std::span<const std::string> items) {
  std::vector<RunLine> lines;
  for (const Run& run : runs_of(items)) {
    for (std::size_t i = 0; i < run.period; ++i) {
      std::string text = items[run.begin + i];
      if (run.period > 1) text = (i == 0 ? "(" : "") + text + (i + 1 == run.period ? ")" : ",");
      if (run.times > 1 && i == 0) text = fmt::format("{} × {}", run.times, text);
      lines.push_back({std::move(text), run.begin + i});
    }
  }
  return lines;
}

std::string usual_note(const NetworkGraph& graph) {
  std::map<std::string, int> count;
  for (const GraphNode& node : graph.nodes)
    if (has_usual_note(node)) ++count[node.note];
  const auto most = std::max_element(count.begin(), count.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == count.end() || most->second < 2 ? "" : most->first;
}

std::vector<std::string> usual_kinds(const NetworkGraph& graph) {
  std::vector<std::string> kinds;
  for (const GraphNode& node : graph.nodes) {
    if (!has_usual_note(node)) continue;
    std::string kind = node.brief.substr(0, node.brief.find_first_of("0123456789-"));
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(std::move(kind));
  }
  return kinds;
}

std::string compact_text(const GraphNode& node, const std::string& usual) {
  if (has_usual_note(node)) {
    if (node.note == usual) return node.brief;
    if (node.note.empty()) return node.brief + ", linear";
  }
  return node.note.empty() ? node.brief : fmt::format("{}, {}", node.brief, node.note);
}

NetworkGraph grouped(const NetworkGraph& graph) {
  const std::vector<Part> parts = parts_of(graph);
  const std::vector<std::string> texts = signatures(graph, parts);
  Grouping grouping(graph);
  for (const Run& run : runs_of(texts))
    grouping.add(std::span(parts).subspan(run.begin, run.period), run.times);
  return grouping.finished();
}

}  // namespace nv::figures
