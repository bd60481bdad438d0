// The page of `nv attack --html`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "attack/plan.h"
#include "nv/analysis/attack_result.h"
#include "nv/analysis/attack_summary.h"
#include "nv/report/json.h"
#include "shared/report_page.h"

namespace nv {

/// The samples of one method that its section shows: the first of each class, then the first of the others.
class ShownSamples {
 public:
  /// Whether the sheet of this success is to be added. Call it for all successes, in order.
  bool wants(const AttackResult& result);
  void add(HtmlPage::Figure figure);
  /// Keeps at most `most` figures of at most `bytes` together.
  void choose(std::size_t bytes);
  const std::vector<HtmlPage::Figure>& figures() const { return figures_; }

 private:
  static constexpr std::size_t most = 24;
  std::set<std::int64_t> classes_;    ///< of the originals
  std::vector<bool> first_of_class_;  ///< of the wanted ones
  std::size_t others_ = 0;
  std::vector<HtmlPage::Figure> figures_;
};

/// First the methods, the classes, curve and transfer; then each method with samples; last all inputs.
class AttackPage {
 public:
  AttackPage(ReportPage& page, std::size_t methods) : page_(page), methods_(methods) {}

  bool wanted() const { return page_.wanted(); }
  /// Of the method that is running.
  ShownSamples& samples() { return samples_; }
  /// Adds sheets that samples() wants.
  void add(std::span<const NamedSheet> sheets, ThreadPool& pool);
  void end_method();

  /// Results of all methods. `sheets`: figures of the whole attack.
  struct Results {
    std::span<const AttackPlan> plans;
    std::span<const AttackSummary> summaries;
    const Json& document;
    std::span<const NamedSheet> sheets;
    std::span<const std::string> labels;
  };
  /// Writes the page.
  void finish(const Results& results, ThreadPool& pool);

 private:
  void add_summary(const Results& results, ThreadPool& pool);
  void add_method(const AttackPlan& plan, const AttackSummary& summary, const ShownSamples& samples);
  void add_inputs(const Results& results);

  ReportPage& page_;
  std::size_t methods_;
  ShownSamples samples_;
  std::vector<ShownSamples> of_methods_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace nv
