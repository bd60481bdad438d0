// The description of a metric that ranks inputs, and what computes its scores.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/analysis/rank/profile.h"
#include "nv/engine/engine.h"

namespace nv::rank {

enum class Group {
  uncertainty,  ///< from the probabilities of the classes
  coverage,     ///< units that an input activates in a way that counts
  distance,     ///< from the activations of a profile
  similarity,   ///< to the activations of one input, the query
};
/// "uncertainty".
std::string_view group_name(Group group);

/// A batch of inputs after its pass.
struct Pass {
  const Trace& trace;    ///< holds the nodes that Scorer::keep names
  std::int64_t inputs;   ///< of the batch
  Tensor probabilities;  ///< (inputs, classes); empty if no metric of the run reads them
  std::vector<std::optional<std::int64_t>> classes;  ///< predicted; nullopt if the output holds NaN
  ThreadPool& pool;
};

/// Computes the scores of one metric, batch by batch.
class Scorer {
 public:
  virtual ~Scorer() = default;
  /// Marks the nodes whose outputs `score` reads, in addition to the probabilities.
  virtual void keep(std::vector<bool>& /*nodes*/) const {}
  /// Writes the score of each input of the batch: NaN if it has none. Inputs come in the order of the run.
  virtual void score(const Pass& pass, std::span<double> scores) = 0;
  /// Called after the last batch with all scores, which it may replace. Returns the indices of the inputs by
  /// priority, or none if that follows from the scores.
  virtual std::vector<std::size_t> finish(std::span<double> /*scores*/) { return {}; }
  /// Share of what can be covered that all inputs together cover; nullopt if the metric is no coverage.
  virtual std::optional<double> coverage() const { return std::nullopt; }
  /// For the user; "" for nothing.
  virtual std::string note() const { return {}; }
};

/// Numbers of metrics that users may set, with their defaults.
struct Settings {
  double nc_threshold = 0.25;         ///< nc: of an activation scaled to 0..1 over its layer
  std::int64_t kmnc_sections = 1000;  ///< kmnc: of the range of a unit
  double boundary = 0;                ///< nbc, snac: standard deviations beyond the range of a unit
  std::int64_t tknc_k = 3;            ///< tknc: largest activations of a layer
  std::int64_t lsa_features = 300;    ///< lsa: most units, those of the largest variance
};
/// A number of Settings.
struct SettingName {
  std::string_view name, meaning;
  double least = 0, most = 0;
  bool whole = false;
  void (*set)(Settings& settings, double value);
  double (*get)(const Settings& settings);
  std::vector<std::string_view> metrics;  ///< that read it
};
std::span<const SettingName> setting_names();
/// Throws Error(usage) with similar names as the hint.
const SettingName& find_setting(std::string_view name);
/// Sets a number by "NAME=VALUE". Throws Error(usage).
void set_number(Settings& settings, std::string_view text);

/// What a scorer is made for.
struct Setup {
  const Engine& engine;
  std::span<const OutputKind> outputs;
  std::vector<bool> layers = {};                ///< of coverage
  std::optional<std::size_t> layer = {};        ///< of distance and similarity
  std::shared_ptr<const Profile> profile = {};  ///< null without one
  Settings settings = {};
  std::size_t take = 0;           ///< inputs to select; 0 if there is no such number
  std::vector<float> query = {};  ///< activations of `layer`; empty without a query
};

struct Metric {
  std::string_view name;       ///< "gini"
  std::string_view summary;    ///< one line
  std::string_view reference;  ///< the paper
  Group group = Group::uncertainty;
  bool lowest_first = false;  ///< inputs with low scores come first
  ProfileParts needs = {};    ///< of a profile
  bool selects = false;       ///< its order depends on Setup::take
  bool at_end = false;        ///< scores are known after the last input only
  std::function<std::unique_ptr<Scorer>(const Setup&)> make;
};

/// All metrics, in the order of the help.
std::span<const Metric> metrics();
/// Parses a comma-separated list of names. Throws Error(usage) for an unknown or repeated one, with similar
/// names as the hint.
std::vector<const Metric*> parse_metrics(std::string_view names);

}  // namespace nv::rank
