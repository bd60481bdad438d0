// nv attack: adversarial samples.
#include "attack/attack.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "attack/journal.h"
#include "attack/shard.h"
#include "attack/sheets.h"
#include "attack/text.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/labels.h"
#include "nv/report/attack.h"
#include "shared/batch.h"
#include "shared/common_options.h"
#include "shared/exit_code.h"
#include "shared/input_loop.h"
#include "shared/named_file.h"
#include "shared/open.h"
#include "shared/output_names.h"
#include "shared/stage.h"

namespace nv {

void Attack::check_options(Console& console) {
  if (model_.empty())
    throw Error(ErrorKind::usage, "attack: MODEL is required", "usage: " + options_->usage());
  if (arguments_.empty())
    throw Error(ErrorKind::usage, "attack: INPUT is required", "usage: " + options_->usage());
  if (attack_options_.methods.empty())
    throw Error(ErrorKind::usage, "attack: --method is required", "--method pgd; nv attack --list shows all");
  defaults_ = input_flags_.apply_defaults(*options_, model_);
  if (output_.empty() && keep_option_.is_given())
    throw Error(ErrorKind::usage, "attack: --keep needs a folder", "add -o DIR");
  if (output_.empty() && resume_)
    throw Error(ErrorKind::usage, "attack: --resume needs a folder", "add -o DIR");
  check_is_folder("nv attack", output_, "-o DIR, or --html FILE for one page");
  if (resume_ && rules_.clean)
    throw Error(ErrorKind::usage, "attack: --clean and --resume exclude each other");
  page_.set_force(rules_.force);
  const OutputName page = page_name(page_.file());
  check_outputs(console, {&page, 1}, output_, !form_.text());
  if (gates_.given() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "attack: --fail-below needs true classes", "add --truth");
  gates_.parse();
  if (!shard_text_.empty()) shard_ = parse_shard(shard_text_);
  style_ = picture_options_.style(console.command_line());
}

void Attack::open_other_models(const std::vector<AttackPlan>& plans) {
  for (const AttackPlan& plan : plans) {
    if (shard_ && (plan.method.joint || plan.method.learn != nullptr))
      throw_usage("--shard: {} needs all inputs in one run", plan.method.name);
    if (resume_ && plan.method.joint)
      throw_usage("--resume: {} cannot continue, as it counts neurons of a whole run", plan.method.name);
  }
  for (const std::string& file : files_of(attack_options_.models))
    other_engines_.push_back(std::make_unique<Engine>(open_untrusted(file), engine_options_));
}

void Attack::open_transfer(const Engine& engine, const Preprocess& preprocess) {
  if (transfer_.empty()) return;
  const InputSpec spec = input_specs(engine.model(), engine.structure()).at(0);
  for (const std::string& file : files_of(transfer_)) {
    Model other = open_untrusted(file);
    const Preprocess own = input_flags_.preprocess(other);
    transfer_models_.push_back(
        std::make_unique<TransferModel>(std::move(other), engine_options_, spec, preprocess, own));
  }
}

std::vector<Json> Attack::finish_items(const Work& work, const AttackPlan& plan, const Attacker& attacker,
                                       std::span<const Input> inputs, CurveResults found) {
  std::vector<AttackResult>& results = found.results;
  std::vector<std::vector<std::optional<bool>>> transfer;
  for (const auto& other : transfer_models_)
    transfer.push_back(other->fooled(inputs, results, plan.settings.target));
  AttackWriter* const sheets_to = no_sheets_ ? nullptr : work.writer;
  std::vector<bool> to_page(results.size());
  for (std::size_t i = 0; work.page.wanted() && i < results.size(); ++i)
    to_page[i] = results[i].status == AttackStatus::success && results[i].picture &&
                 work.page.samples().wants(results[i]);
  std::vector<std::string> sources;
  if (sheets_to != nullptr) sources.push_back(fingerprints_.of(model_));
  std::vector<Json> items(results.size());
  std::vector<std::optional<NamedSheet>> drawn(results.size());
  work.engine.pool().for_each(static_cast<std::int64_t>(results.size()), [&](std::int64_t job) {
    const auto i = static_cast<std::size_t>(job);
    AttackResult& r = results[i];
    const bool success = r.status == AttackStatus::success;
    if (success && (sheets_to != nullptr || to_page[i]))
      drawn[i] =
          sample_sheet({r, inputs[i].tensors.at(0), attacker, plan, work.engine.model(), labels_}, style_);
    if (work.writer != nullptr && (success || (keep_ == "all" && !r.sample.empty()))) {
      if (!success) r.picture = attacker.picture_of(r.sample);
      work.writer->write(r, std::string(plan.method.name));
    }
    if (sheets_to != nullptr && drawn[i])
      sheets_to->write(r, std::string(plan.method.name), *drawn[i], sources, style_);
    items[i] = attack_item_json(r);
    if (!r.hint.empty()) items[i]["hint"] = r.hint;
    if (r.status == AttackStatus::error || r.status == AttackStatus::skipped) return;
    if (!found.eps.empty()) items[i]["eps"] = found.eps[i];
    if (transfer.empty() || !success) return;
    items[i]["transfer"] = Json::array();
    for (const auto& model : transfer)
      items[i]["transfer"].push_back(model[i] ? Json(*model[i]) : Json(nullptr));
  });
  std::vector<NamedSheet> for_page;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (to_page[i] && drawn[i]) for_page.push_back(*drawn[i]);
  work.page.add(for_page, work.engine.pool());
  return items;
}

void Attack::print_items(Console& console, const std::string& method, std::span<const Json> items) {
  for (const Json& item : items) {
    if (item["status"] == "error") console.error(item["error"].get<std::string>(), item.value("hint", ""));
    if (form_.json_lines() || form_.rows()) {
      Json json{{"method", method}};
      json.update(item);
      if (form_.json_lines()) console.result(line(json));
      form_.print_row(console, json);
    } else if (form_.text() && print_lines_) {
      console.result(attack_line(attack_result_of(item), console.width()));
    }
  }
}

void Attack::learn(const Work& work, PlannedAttack& attack, std::size_t batch) const {
  const Stage stage("attacking");
  // From the inputs of all shards: where an attack starts must not depend on the input's shard.
  for (std::size_t at = 0; attack.wants_examples() && at < work.all.size();) {
    check_interrupt();
    const std::vector<Input> read = read_inputs(work.all, at, 8 * batch, work.engine.pool());
    attack.add_examples(read, batch);
    at += read.size();
  }
  attack.learn(batch, check_interrupt);
}

void Attack::attack_inputs(Console& console, const Work& work, const AttackPlan& plan, std::size_t run,
                           PlannedAttack& attack, std::size_t batch) {
  const auto done = work.journal.items()[run].size();
  Progress progress(console, std::string(plan.method.name), static_cast<std::int64_t>(work.inputs.size()));
  progress.advance(static_cast<std::int64_t>(done));
  for (std::size_t at = done; at < work.inputs.size();) {
    check_interrupt();
    const std::vector<Input> read = read_inputs(work.inputs, at, 4 * batch, work.engine.pool());
    report_not_finite(console, read);
    if (input_flags_.strict)
      for (const Input& input : read)
        if (!input.error.empty()) throw Error(ErrorKind::input, input.error, input.hint);
    const std::size_t count = read.size();
    const std::span<const std::int64_t> truth =
        truth_.empty() ? std::span<const std::int64_t>() : std::span(truth_).subspan(at, count);
    std::size_t reported = 0;
    const Stage stage("attacking");
    CurveResults found = attack.run(read, truth, batch, [&](std::size_t finished) {
      check_interrupt();
      progress.advance(static_cast<std::int64_t>(finished - reported));
      reported = finished;
    });
    std::vector<Json> items = finish_items(work, plan, attack.first(), read, std::move(found));
    if (input_flags_.strict)
      for (const Json& item : items)
        if (item["status"] == "error")
          throw Error(ErrorKind::input, item["error"].get<std::string>(), item.value("hint", ""));
    print_items(console, std::string(plan.method.name), items);
    work.journal.add(run, std::move(items));
    progress.advance(static_cast<std::int64_t>(count - reported));
    console.done.inputs += static_cast<std::int64_t>(count);
    at += count;
  }
}

void Attack::run_plan(Console& console, const Work& work, const AttackPlan& plan, std::size_t run) {
  const auto start = std::chrono::steady_clock::now();
  const InputSpec spec = input_specs(work.engine.model(), work.engine.structure()).at(0);
  // Enough inputs at once for all threads.
  const std::size_t max_batch = 32 * static_cast<std::size_t>(work.engine.pool().threads());
  const std::size_t batch =
      batch_ > 0 ? batch_ : batch_size({std::int64_t{1} << 25, max_batch, {}}, work.engine, work.inputs);
  std::vector<Engine*> others;
  for (const auto& other : other_engines_)
    if (plan.method.joint) others.push_back(other.get());
  PlannedAttack attack(work.engine, plan, spec, work.preprocess, labels_, others);
  learn(work, attack, batch);

  const std::vector<Json>& done = work.journal.items()[run];
  for (const Json& item : done)
    if (work.writer != nullptr) work.writer->keep(item);
  console.done.inputs += static_cast<std::int64_t>(done.size());
  print_items(console, std::string(plan.method.name), done);
  attack_inputs(console, work, plan, run, attack, batch);
  work.page.end_method();

  Json& extra = extras_.emplace_back(Json::object());
  if (plan.method.joint) extra["coverage"] = attack_coverage_json(attack.last().coverage());
  if (const auto change = attack.last().perturbation()) {
    std::vector<std::pair<std::string, std::string>> files;
    if (work.writer != nullptr)
      files = work.writer->write(change->change, change->picture, std::string(plan.method.name));
    extra["perturbation"] = attack_perturbation_json(*change, files);
  }
  seconds_.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

/// Exit code by figures: 0, or 1 if a gate fails or no sample was found.
int Attack::check_gates(const Console& console, const std::vector<AttackSummary>& summaries) const {
  const bool found = std::ranges::any_of(summaries, [](const AttackSummary& s) { return s.succeeded > 0; });
  if (!gates_.given()) return found || shard_ ? 0 : 1;
  int exit = 0;
  for (const Gate& gate : gates_.gates())
    for (const AttackSummary& s : summaries) {
      if (is_at_least(s.robust_accuracy(), gate)) continue;
      console.error(fmt::format("robust_accuracy is {:.4f}, below {}", s.robust_accuracy(), gate.bound), "");
      exit = 1;
    }
  return exit;
}

int Attack::finish(Console& console, const Work& work, const std::vector<AttackPlan>& plans) {
  const std::vector<AttackSummary> summaries = summaries_of(work.journal.items());
  if (work.writer != nullptr) work.writer->list(work.journal.head(), work.journal.items());
  Json document_json =
      attack_document_json(work.journal.head(), work.journal.take_items(), summaries, extras_);
  if (timings_) {
    document_json["timings"] = Json::array();
    for (std::size_t i = 0; i < plans.size(); ++i)
      document_json["timings"].push_back(
          {{"method", plans[i].method.name}, {"seconds", number(seconds_[i])}});
  }
  const std::string text = form_.json() || work.writer != nullptr ? document(document_json) : "";
  if (form_.json()) console.result(text);
  form_.end_rows(console);
  if (form_.json_lines()) console.result(line(attack_closing_json(document_json)));
  if (form_.text()) console.result(attack_report(console, document_json, summaries));
  const std::vector<NamedSheet> sheets = attack_sheets(document_json, model_title(work.engine.model()));
  if (work.writer != nullptr) {
    const render::PictureFormat png[] = {render::PictureFormat::png};
    write_sheets(work.writer->folder(), "", sheets, png, {fingerprints_.of(model_)}, style_,
                 work.engine.pool());
    work.writer->finish(text);
  }
  work.page.finish({plans, summaries, document_json, sheets, labels_}, work.engine.pool());
  if (form_.text()) console.note_written({output_, page_.file()});
  const bool errors = std::ranges::any_of(summaries, [](const AttackSummary& s) { return s.errors > 0; });
  return errors ? exit_code(ErrorKind::input) : check_gates(console, summaries);
}

/// Notes bounds that do not suit the input's size.
void Attack::note_sizes(Console& console, const Engine& engine, const std::vector<AttackPlan>& plans) {
  const InputSpec spec = input_specs(engine.model(), engine.structure()).at(0);
  if (!spec.shape.known()) return;
  for (const AttackPlan& plan : plans)
    if (const std::string note = size_warning(plan, spec.shape.elements()); !note.empty()) console.note(note);
}

/// Names the files of all inputs, and says how an interrupted run continues.
void Attack::begin_folder(Console& console, AttackWriter& writer, const std::vector<AttackPlan>& plans,
                          const InputList& all) const {
  const bool joint = std::ranges::any_of(plans, [](const AttackPlan& p) { return p.method.joint; });
  console.done.continuation =
      fmt::format("{} the same command{}", joint ? "start again with" : "continue with",
                  joint || resume_ ? "" : " and --resume");
  for (const AttackPlan& plan : plans)
    for (std::size_t i = 0; i < all.size(); ++i) writer.name(all[i].id, std::string(plan.method.name));
}

int Attack::run(Console& console) {
  form_.check("attack");
  if (list_ && !form_.text() && !form_.json()) throw_usage("attack: --list has no other form than --json");
  if (list_) {
    console.result(form_.json() ? document(attack_list_json()) : attack_list_text(console));
    return 0;
  }
  if (merge_ && page_.wanted()) throw_usage("attack: --merge and --html exclude each other");
  if (merge_) return merge(console);
  check_options(console);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const auto [labels, all, truth] =
      open_inputs(input_flags_, defaults_, arguments_, engine, outputs, console);
  labels_ = labels;
  if (!target_.empty())
    attack_options_.target =
        class_number(target_, labels_, class_count(engine.structure(), outputs), "--target");
  const Preprocess preprocess = input_flags_.preprocess(model);
  const std::vector<AttackPlan> plans =
      attack_plans(attack_options_, bounds_.empty() ? default_bounds(preprocess) : parse_bounds(bounds_));
  const auto [first, step] = shard_.value_or(std::pair<std::size_t, std::size_t>(0, 1));
  const InputList inputs = all.every(step, first);
  for (std::size_t i = first; i < truth.size(); i += step) truth_.push_back(truth[i]);
  std::vector<std::string> models{model_, weights_file_};
  for (const std::string& list : {attack_options_.models, transfer_})
    for (std::string& file : files_of(list)) models.push_back(std::move(file));
  rules_.read = input_flags_.files_read(all, models);
  if (page_.wanted()) {
    check_not_read("--html", page_.file(), rules_.read);
    page_.begin(fmt::format("{}: attacked", model_title(model)), style_, {fingerprints_.of(model_)});
  }
  note_sizes(console, engine, plans);
  open_other_models(plans);
  open_transfer(engine, preprocess);

  const Json head_json = head(model, plans, all, truth);
  std::optional<AttackWriter> writer;
  if (!output_.empty()) begin_folder(console, writer.emplace(output_, rules_, console), plans, all);
  console.done.of = static_cast<std::int64_t>(inputs.size() * plans.size());
  print_lines_ = prints_lines(inputs.size() * plans.size());
  console.survive_closed_pipe = writer.has_value() || page_.wanted();
  AttackJournal journal =
      writer ? AttackJournal(writer->folder(), head_json, resume_) : AttackJournal(head_json);
  AttackPage page(page_, plans.size());
  const Work work{engine, all, inputs, preprocess, writer ? &*writer : nullptr, journal, page};
  form_.set_columns(attack_columns());
  for (std::size_t i = 0; i < plans.size(); ++i) run_plan(console, work, plans[i], i);
  input_flags_.print_notes(console, model, inputs, form_.text());
  return finish(console, work, plans);
}

std::unique_ptr<Command> make_attack() {
  return std::make_unique<Attack>();
}

}  // namespace nv
