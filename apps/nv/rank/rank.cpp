// nv rank: which inputs to look at or label first.
#include "rank/rank.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/rank.h"
#include "shared/common_options.h"
#include "shared/open.h"
#include "shared/stage.h"

namespace nv {

void Rank::declare(OptionSet& options) {
  options_ = &options;
  const OptionGroup general = options.group("Options");
  general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras");
  declare_weights(general, weights_file_);
  general.add("INPUT", arguments_, "INPUT...", "Inputs, as for nv run");
  declare_ranking(options.group("Ranking"));
  declare_result(options.group("Result"));
  picture_options_.declare(options);
  input_flags_.declare(options);
  declare_computing(options, engine_options_);
}

void Rank::declare_ranking(const OptionGroup& ranking) {
  std::vector<std::string> names;
  for (const rank::Metric& m : rank::metrics()) names.emplace_back(m.name);
  ranking
      .add(
          "--by", by_, "METRIC,...",
          "Metrics, see --list; the first one ranks. Those of uncertainty (gini, entropy, margin) find wrong "
          "inputs soonest (Weiss 2022); neuron coverage is no measure of quality (Harel-Canada 2020)")
      .suggests_list(names)
      .check([](const std::string& text) { (void)rank::parse_metrics(text); })
      .default_value("gini; with --to cosine,l2");
  ranking
      .add(
          "--select", select_, "METHOD",
          "How --take chooses, instead of --by: the first by gini, or by datis those that differ, too (needs "
          "--profile)")
      .one_of({"gini", "datis"});
  std::vector<std::string> set_names;
  for (const rank::SetMetric& m : rank::set_metrics()) set_names.emplace_back(m.name);
  ranking.add("--measure", measure_, "METRIC,...", "Metrics of the inputs as a set")
      .list_of(set_names)
      .default_value("none");
  ranking.add_flag("--list", list_, "List the metrics, what they compute and need");
  ranking.add("--profile", profile_, "FILE.npz", "Profile of the training set, for metrics that need one");
  ranking.add("--make-profile", make_profile_, "FILE.npz",
              "Make a profile of the inputs instead, for the metrics of --by, or all");
  layers_option_ = ranking.add("--layers", layers_, "LAYERS", "Layers of metrics of coverage")
                       .default_value("those of the profile, or all that compute");
  ranking.add("--layer", layer_, "LAYER", "Layer of dsa, lsa, mdsa, cosine and l2")
      .default_value("that of the profile, or the last hidden one");
  ranking.add("--to", to_, "INPUT", "Rank by how near inputs are to this one in --layer");
  ranking.add("--model-b", model_b_, "MODEL",
              "Second model: faults are the inputs that it gets wrong, or without --truth changes");
  ranking.add_repeated("--set", set_, "NAME=VALUE", "A number of a metric, see --list; can be repeated")
      .check([](const std::string& text) {
        rank::Settings settings;
        rank::set_number(settings, text);
      });
}

void Rank::declare_result(const OptionGroup& result) {
  out_.declare_path(result);
  result.add("--take", take_, "N", "With -o DIR, add the first N to the sample list of the folder")
      .at_least(1)
      .default_value("none");
  result.add("--format", formats_, "LIST", "With -o, files of the sheets")
      .list_of({"png", "svg", "pdf"})
      .default_value("png");
  gates_.declare(result, "Exit 1 if the APFD of a metric is below it: apfd=0.7");
  out_.page.declare(result);
  form_.declare_lines(result, "input");
  form_.declare_json(result);
  form_.declare_json_lines(result, "input");
  form_.declare_rows(result, "input");
  out_.declare_rules(result);
}

/// Options that need faults.
void Rank::check_truth() const {
  if (gates_.given() && !knows_faults())
    throw Error(ErrorKind::usage, "rank: --fail-below needs true classes", "add --truth");
}

/// The metrics by --by, --select and --measure, and whether they have what they need.
void Rank::choose_metrics() {
  if (!select_.empty() && (!by_.empty() || take_ == 0 || !to_.empty()))
    throw Error(ErrorKind::usage, "rank: --select needs --take, and excludes --by and --to",
                "--take N -o DIR");
  if (!select_.empty()) by_ = select_ == "datis" ? "datis-select" : select_;
  for (const rank::SetMetric& m : rank::set_metrics())
    for (const std::string& name : split(measure_, ','))
      if (trim(name) == m.name) set_metrics_.push_back(&m);
  metrics_ = rank::parse_metrics(!by_.empty() ? by_ : to_.empty() ? "gini" : "cosine,l2");
  for (const std::string& text : set_) rank::set_number(settings_, text);
  for (const rank::Metric* m : metrics_) {
    parts_ |= m->needs;
    if (!make_profile_.empty()) continue;
    if (m->group == rank::Group::similarity && to_.empty())
      throw Error(ErrorKind::usage, fmt::format("rank: {} needs an input to compare with", m->name),
                  "--to INPUT");
    if (m->needs.any() && profile_.empty())
      throw Error(ErrorKind::usage, fmt::format("rank: {} needs a profile of the training set", m->name),
                  "nv rank MODEL TRAINING-INPUT... --make-profile FILE.npz, then --profile FILE.npz");
    if (m->selects && take_ == 0)
      throw Error(ErrorKind::usage, fmt::format("rank: {} needs the number of inputs to select", m->name),
                  "--take N -o DIR");
    if (m->at_end && form_.json_lines())
      throw Error(
          ErrorKind::usage,
          fmt::format("rank: --jsonl prints an input as it is done, and {} scores them at the end", m->name),
          "--json");
  }
}

void Rank::check_options(Console& console) {
  for (const auto& [name, missing] : {std::pair{"MODEL", model_.empty()}, {"INPUT", arguments_.empty()}})
    if (missing)
      throw Error(ErrorKind::usage, fmt::format("rank: {} is required", name), "usage: " + options_->usage());
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  form_.check("rank");
  out_.check_formats(formats_);
  choose_metrics();
  check_settings();
  if (!make_profile_.empty()) check_profile_options(console);
  check_truth();
  if (take_ > 0 && (out_.path.empty() || out_.is_sheet()))
    throw Error(ErrorKind::usage, "rank: --take needs a folder for the samples", "add -o DIR");
  gates_.parse();
  out_.check(console, !form_.text());
  style_ = picture_options_.style(console.command_line());
}

/// Options that no metric reads.
void Rank::check_settings() const {
  if (!make_profile_.empty()) return;
  const auto any = [&](const auto& reads) { return std::ranges::any_of(metrics_, reads); };
  if (!profile_.empty() && !parts_.any())
    throw Error(ErrorKind::usage, "rank: --profile: no metric of --by needs one", "remove --profile");
  if (!layers_.empty() && set_metrics_.empty() &&
      !any([](const rank::Metric* m) { return m->group == rank::Group::coverage; }))
    throw Error(ErrorKind::usage, "rank: --layers is for metrics of coverage", "--by nc");
  if (!layer_.empty() && !any([](const rank::Metric* m) {
        return m->group == rank::Group::distance || m->group == rank::Group::similarity;
      }))
    throw Error(ErrorKind::usage, "rank: --layer is for metrics of distance", "--by dsa, or --to INPUT");
  if (!to_.empty() && !any([](const rank::Metric* m) { return m->group == rank::Group::similarity; }))
    throw Error(ErrorKind::usage, "rank: no metric of --by compares with --to", "--by cosine,l2");
  for (const std::string& text : set_) {
    const rank::SettingName& setting = rank::find_setting(text.substr(0, text.find('=')));
    if (!any([&](const rank::Metric* m) {
          return std::ranges::find(setting.metrics, m->name) != setting.metrics.end();
        }))
      throw Error(ErrorKind::usage, fmt::format("rank: --set: no metric of --by reads {}", setting.name),
                  fmt::format("--by {}", setting.metrics[0]));
  }
}

std::string Rank::list_text(const Console& console) const {
  Table table;
  for (const char* name : {"metric", "group", "what it is", "needs", "paper"})
    table.column(name, Table::Align::left);
  for (const rank::Metric& m : rank::metrics())
    table.row({std::string(m.name), std::string(rank::group_name(m.group)), std::string(m.summary),
               m.needs.any() ? "profile" : "", std::string(m.reference)});
  Table numbers;
  for (const char* name : {"--set", "default", "what it is", "read by"})
    numbers.column(name, Table::Align::left);
  for (const rank::SettingName& s : rank::setting_names())
    numbers.row({std::string(s.name), fmt::format("{:g}", s.get({})), std::string(s.meaning),
                 fmt::format("{}", fmt::join(s.metrics, ", "))});
  Table of_set;
  for (const char* name : {"--measure", "what it is", "paper"}) of_set.column(name, Table::Align::left);
  for (const rank::SetMetric& m : rank::set_metrics())
    of_set.row({std::string(m.name), std::string(m.summary), std::string(m.reference)});
  return table.text(console) + "\n" + numbers.text(console) + "\n" + of_set.text(console);
}

Json Rank::list_json() const {
  Json json{{"schema", schema_id("rank-list")}};
  for (const rank::Metric& m : rank::metrics())
    json["metrics"].push_back({{"name", m.name},
                               {"group", rank::group_name(m.group)},
                               {"summary", m.summary},
                               {"needs_profile", m.needs.any()},
                               {"reference", m.reference}});
  for (const rank::SettingName& s : rank::setting_names())
    json["settings"].push_back(
        {{"name", s.name}, {"default", number(s.get({}))}, {"meaning", s.meaning}, {"metrics", s.metrics}});
  for (const rank::SetMetric& m : rank::set_metrics())
    json["measures"].push_back({{"name", m.name}, {"summary", m.summary}, {"reference", m.reference}});
  return json;
}

void Rank::add_error(Console& console, Work& work, InputLoop& loop, std::size_t input, const Input& read) {
  loop.add_error(read.error, read.hint);
  const InputList::Entry& entry = work.set.inputs[input];
  work.bad.push_back({entry.id, entry.file, read.error});
  if (form_.json_lines())
    console.result(
        line({{"id", entry.id}, {"file", entry.file}, {"status", "error"}, {"error", read.error}}));
}

void Rank::add_batch(Console& console, Work& work, InputLoop& loop, const Batch& batch, std::size_t first) {
  std::optional<Trace> trace;
  std::optional<rank::Pass> pass;
  std::optional<Tensor> output_b;
  if (!batch.tensors.empty()) {
    {
      const Stage stage("passes");
      trace = work.engine.forward(batch.tensors, work.ranking.keep());
    }
    if (work.engine_b != nullptr) {
      const Stage stage("passes of model B");
      output_b = run_output(*work.engine_b, *classifier_of(work.outputs_b), batch.tensors);
    }
    pass.emplace(work.ranking.pass(*trace, batch.tensors[0].shape()[0], work.engine.pool()));
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const Stage stage(metrics_[m]->name);
      work.ranking.score(m, *pass);
    }
    if (!set_metrics_.empty()) {
      const Stage stage("measuring the set");
      work.ranking.add_to_set(*pass);
    }
  }
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    const Input& input = batch.inputs[i];
    if (!batch.item[i]) {
      add_error(console, work, loop, first + i, input);
      continue;
    }
    const InputList::Entry& entry = work.set.inputs[first + i];
    rank::RankedInput ranked{first + i,
                             entry.id,
                             entry.file,
                             input.preprocess,
                             work.ranking.prediction(*trace, *batch.item[i], work.set.labels),
                             work.set.truth_of(first + i)};
    if (output_b) {
      ranked.in_two_models = true;
      ranked.prediction_b = predict(output_b->item(*batch.item[i]).values(),
                                    classifier_of(work.outputs_b)->activation, work.set.labels);
    }
    work.ranking.add(std::move(ranked));
    if (form_.json_lines())
      console.result(line(ranked_input_json(work.ranking, work.ranking.inputs().size() - 1, false)));
  }
}

int Rank::check_gates(const Console& console, const Work& work) const {
  int exit = 0;
  for (const Gate& gate : gates_.gates())
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const double value = work.faults->apfd[m];
      if (is_at_least(value, gate)) continue;
      console.error(
          fmt::format("apfd of {} is {}, below {}", metrics_[m]->name,
                      work.faults->count == 0 ? "not defined without faults" : fmt::format("{:.4f}", value),
                      gate.bound),
          "");
      exit = 1;
    }
  return exit;
}

void Rank::finish(Console& console, Work& work, std::int64_t errors) {
  {
    const Stage stage("ranking");
    work.ranking.finish();
    if (knows_faults()) work.faults = rank::faults_of(work.ranking);
  }
  const Json summary{
      {"summary", rank_summary_json(work.ranking, errors, work.faults ? &*work.faults : nullptr)}};
  const Stage stage("writing results");
  draw_sheets(console, work);
  if (taken_) taken_->write(work.ranking, work.set.inputs, take_);
  if (form_.json() || out_.folder() != nullptr) out_.finish(print_document(console, work, summary));
  if (form_.json_lines()) {
    Json last{{"schema", schema_id("rank")}};
    last.update(summary);
    console.result(line(last));
  }
  print_rows(console, work);
  if (form_.text()) console.result(text(console, work));
  write_page(work);
  if (form_.text()) console.note_written({sheet_written_ ? out_.path : "", out_.page.file()});
}

int Rank::rank_inputs(Console& console, Engine& engine, const std::vector<OutputKind>& outputs) {
  const Model& model = engine.model();
  if (take_ > 0 && model.inputs.size() != 1)
    throw_usage("rank: --take: sample lists hold single inputs, {} takes {}", model_, model.inputs.size());
  std::optional<Engine> second = open_second(engine, outputs);
  const rank::Setup chosen = setup(engine, outputs);
  rank::Ranking ranking = [&] {
    const Stage stage("preparing metrics");
    return rank::Ranking(metrics_, set_metrics_, chosen);
  }();
  const InputSet set = open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  out_.open(console, set.inputs.size(),
            input_flags_.files_read(set.inputs, {model_, weights_file_, profile_, model_b_, to_}), "");
  if (take_ > 0) taken_.emplace(*out_.folder());
  if (out_.page.wanted())
    out_.page.begin(fmt::format("{}: ranking of inputs", model_title(model)), style_,
                    {fingerprints_.of(model_)});
  for (const std::string& note : ranking.notes()) console.note(note);

  preprocess_ = input_flags_.preprocess(model);
  Work work{engine, set, chosen, std::move(ranking)};
  if (second) {
    work.engine_b = &*second;
    work.outputs_b = output_kinds(second->model(), second->structure());
  }
  InputLoop loop(console, set.inputs, "rank", input_flags_.strict);
  const BatchReader reader(console, set.inputs, engine, {std::int64_t{1} << 22, 256, work.ranking.keep()});
  loop.run(reader,
           [&](const Batch& batch, std::size_t first) { add_batch(console, work, loop, batch, first); });
  for (const std::string& note : engine.notes()) console.note(fmt::format("{}: {}", model.file, note));
  input_flags_.print_notes(console, model, set.inputs, form_.text());
  finish(console, work, loop.errors());
  return loop.exit_code(check_gates(console, work));
}

int Rank::run(Console& console) {
  if (list_) {
    if (!form_.text() && !form_.json()) throw_usage("rank: --list has no other form than --json");
    console.result(form_.json() ? document(list_json()) : list_text(console));
    return 0;
  }
  check_options(console);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const std::vector<OutputKind> outputs = output_kinds(engine.model(), engine.structure());
  classifies_ = classifier_of(outputs) != nullptr;
  return make_profile_.empty() ? rank_inputs(console, engine, outputs)
                               : make_profile(console, engine, outputs);
}

std::unique_ptr<Command> make_rank() {
  return std::make_unique<Rank>();
}

}  // namespace nv
