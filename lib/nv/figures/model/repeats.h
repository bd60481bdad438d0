// What repeats in a sequence or a graph of layers, for compact figures.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "nv/figures/model/network_graph.h"

namespace nv::figures {

/// `period` items from `begin` on that stand there `times` times.
struct Run {
  std::size_t begin = 0, period = 1, times = 1;

  std::size_t end() const { return begin + period * times; }
};

/// The items in order as runs of at most four items each: such that the runs, each written once, have as few
/// items as possible.
std::vector<Run> runs_of(std::span<const std::string> items);

/// A line of text and the first item that it stands for.
struct RunLine {
  std::string text;
  std::size_t item = 0;
};

/// The runs as lines: "input", "2 × conv3-64"; of several items each, "5 × (dwconv3-8," and "conv1-8)".
std::vector<RunLine> run_lines(std::span<const std::string> items);

/// The text of a node in a compact figure: `brief`, with its note unless that is `usual`; "linear" if a layer
/// that usually has a note has none.
std::string compact_text(const GraphNode& node, const std::string& usual);

/// The note that most convolutions and dense layers have; "" if most have none. Transposed convolutions do
/// not count: they are linear in most networks.
std::string usual_note(const NetworkGraph& graph);

/// The kinds of layers that usual_note() is about, as `brief` begins: "conv", "dense".
std::vector<std::string> usual_kinds(const NetworkGraph& graph);

/// The graph with equal parts in succession drawn once, in a frame named "3 ×". A part lies between two nodes
/// through which all paths go. Parts are equal if the texts of their nodes and their edges are, and the
/// shapes but for channels that a layer takes over from its inputs ("28 × 28 × 64…256").
/// Nodes in frames are left as they are.
NetworkGraph grouped(const NetworkGraph& graph);

}  // namespace nv::figures
