// nv explain --judge: how good the methods are, as a table, JSON, rows and curves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/analysis/explain/explain.h"
#include "nv/analysis/explain/judge/judge.h"
#include "nv/report/json.h"
#include "shared/console.h"
#include "shared/option_set.h"
#include "shared/report_page.h"
#include "shared/result_form.h"

namespace nv {

class Judging {
 public:
  /// --judge and its numbers.
  void declare(const OptionGroup& group);
  bool wanted() const { return wanted_; }
  /// Throws Error(usage) for numbers without --judge, and for --judge with `top_patches`.
  void check(bool top_patches) const;

  /// Does nothing without --judge. Throws Error(usage) if no method has a map. The arguments must outlive
  /// this object.
  void begin(Engine& engine, const std::vector<OutputKind>& outputs, const explain::Request& request);
  /// For explain_batch, of one batch; empty without --judge.
  explain::Observer observer();
  /// The scores of the items of that batch, in the order of their answers; empty without --judge.
  std::vector<std::vector<explain::judge::Scores>> take_scores();
  /// On the inputs so far; nullptr without --judge.
  std::shared_ptr<const explain::judge::Judgement> so_far() const;
  /// Call it after the last batch, and before what follows.
  void finish();

  /// Prints the table with the verdict, or the rows of --csv and --tsv, a row per method.
  void print(Console& console, ResultForm& form) const;
  /// Adds table and curves to a page.
  void add_to(ReportPage& page, const Model& model, ThreadPool& pool) const;
  const Json& json() const { return *json_; }
  /// A figure per measure that changes the input step by step: "judge-deletion". Empty without --judge.
  std::vector<NamedSheet> sheets(const Model& model) const;

 private:
  void score(std::size_t run, const explain::Task& task,
             const std::vector<explain::Explanation>& explanations, explain::judge::Judge::Classes classes);
  Table table() const;

  bool wanted_ = false;
  explain::judge::Options options_;
  OptionRef samples_option_, step_option_;
  const explain::Request* request_ = nullptr;
  std::unique_ptr<explain::judge::Judge> judge_;
  std::vector<std::vector<explain::judge::Scores>> scores_;
  explain::judge::Judgement judgement_;
  std::shared_ptr<Json> json_;
};

}  // namespace nv
