// nv attack: inputs changed so that the model is wrong.
#include "attack.h"

#include <algorithm>
#include <filesystem>

#include "attack_shard.h"
#include "attack_sheets.h"
#include "attack_text.h"
#include "batch.h"
#include "common_options.h"
#include "named_file.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/core/sha256.h"
#include "nv/core/text.h"
#include "nv/report/attack.h"
#include "open.h"

namespace nv {

void Attack::declare(CLI::App& app) {
  app_ = &app;
  app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras")->type_name("MODEL");
  app.add_option("INPUT", arguments_, "As nv run takes them")->type_name("INPUT...");
  declare_attack(app);
  declare_result(app);
  picture_options_.declare(app);
  input_flags_.declare(app);
  app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
      ->type_name("FILE.h5")
      ->group("Computing");
  app.add_option("--batch", batch_, "Inputs under way at once")
      ->type_name("N")
      ->check(CLI::Range(1, 65536))
      ->group("Computing");
  declare_computing(app, engine_options_);
}

void Attack::declare_attack(CLI::App& app) {
  const char* group = "Attack";
  app.add_option("--method", words_.methods, "Attacks (comma-separated); --list shows them")
      ->type_name("M")
      ->group(group);
  app.add_flag("--list", list_, "The attacks, their parameters and defaults")->group(group);
  app.add_option("--models", words_.models, "Further models of a joint attack")
      ->type_name("MODELS")
      ->group(group);
  app.add_option("--eps", words_.eps, "Size of the change: 0.1, or 8/255 of the range")
      ->type_name("E")
      ->group(group);
  app.add_option("--curve", words_.curve, "Accuracy at each of these sizes; samples of the least that fools")
      ->type_name("E,...")
      ->group(group);
  app.add_option("--norm", words_.norm, "L0, L1, L2, Linf")->type_name("NORM")->group(group);
  app.add_option("--steps", words_.steps, "How many steps")->type_name("N")->group(group);
  app.add_option("--step-size", words_.step_size, "Length of a step, in input units")
      ->type_name("S")
      ->group(group);
  app.add_option("--bounds", bounds_, "What inputs may hold (0,1; raw 0,255; signed -1,1)")
      ->type_name("LO,HI")
      ->group(group);
  app.add_option("--target", words_.target, "Number of the class to reach")->type_name("CLASS")->group(group);
  app.add_option("--seed", words_.seed, "Of all randomness (0)")->type_name("N")->group(group);
  app.add_option("--restarts", words_.restarts, "Best of so many random starts")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_flag("--png-safe", words_.png_safe, "Samples that fool as PNG files too")->group(group);
  add_repeated(app, "--set", words_.set, "Another parameter of the attack")
      ->type_name("NAME=VALUE")
      ->group(group);
}

void Attack::declare_result(CLI::App& app) {
  const char* group = "Result";
  app.add_option("-o,--output", output_, "Folder for the samples")->type_name("DIR")->group(group);
  app.add_option("--keep", keep_, "Which results are written: success, all")
      ->type_name("WHICH")
      ->check(CLI::IsMember({"success", "all"}))
      ->group(group);
  app.add_flag("--resume", resume_, "Go on where an interrupted run stopped")->group(group);
  app.add_option("--shard", shard_text_, "Every Nth input, from the Ith on")->type_name("I/N")->group(group);
  app.add_flag("--merge", merge_, "Join the folders of shards: --merge DIR... -o DIR")->group(group);
  app.add_option("--transfer", transfer_, "Try the samples on other models too")
      ->type_name("MODELS")
      ->group(group);
  app.add_flag("--json", json_, "One JSON document")->group(group);
  app.add_flag("--jsonl", jsonl_, "A line of JSON an input, as it is done")->group(group);
  app.add_flag("--timings", timings_, "Seconds in the JSON")->group(group);
  page_.declare(app, group);
  app.add_flag("--no-sheets", no_sheets_, "Samples without a sheet each")->group(group);
  declare_force(app, rules_.force, group);
  declare_clean(app, rules_.clean, group);
  gates_.declare(app, "Exit 1 below robust_accuracy=0.6", group);
}

void Attack::settle_options(const Talk& talk) {
  if (model_.empty()) throw Error(ErrorKind::usage, "attack: MODEL is required", "nv attack --help");
  if (arguments_.empty()) throw Error(ErrorKind::usage, "attack: INPUT is required", "nv attack --help");
  if (words_.methods.empty())
    throw Error(ErrorKind::usage, "attack: --method is required", "nv attack --list shows them");
  input_flags_.note_given();
  defaults_ = apply_defaults(*app_, input_flags_.defaults_file, model_, !input_flags_.no_defaults);
  if (output_.empty() && app_->get_option("--keep")->count() > 0)
    throw Error(ErrorKind::usage, "attack: --keep says what to write, but not where", "add -o DIR");
  if (output_.empty() && resume_)
    throw Error(ErrorKind::usage, "attack: --resume goes on in a folder", "add -o DIR");
  check_is_folder("nv attack", output_, "-o DIR; --html FILE is one page of everything");
  if (resume_ && rules_.clean)
    throw Error(ErrorKind::usage, "attack: --clean would remove what --resume goes on with: choose one");
  page_.settle(rules_.force);
  if (json_ && jsonl_)
    throw Error(ErrorKind::usage, "attack: --json and --jsonl are two forms of one result: choose one");
  if (gates_.given() && input_flags_.truth.empty())
    throw Error(ErrorKind::usage, "attack: --fail-below needs to know what is right", "add --truth");
  gates_.settle();
  if (!shard_text_.empty()) shard_ = parse_shard(shard_text_);
  style_ = picture_options_.style(talk.command_line);
}

Json Attack::request(const Model& model, const InputList& all, const std::vector<std::int64_t>& truth) const {
  std::string ids;
  for (std::size_t i = 0; i < all.size(); ++i)
    ids += fmt::format("{}\t{}\t{}\n", all[i].id, all[i].file, truth.empty() ? -1 : truth[i]);
  const auto hash_of = [](const std::string& file) {  // a pipe does not give its bytes twice
    return std::filesystem::is_regular_file(file) ? sha256(read_file(file)) : "";
  };
  return {{"model", hash_of(model_)},
          {"weights", weights_file_.empty() ? "" : hash_of(weights_file_)},
          {"inputs", {{"count", all.size()}, {"names", sha256(std::as_bytes(std::span(ids)))}}},
          {"preprocess", describe_scale(input_flags_.preprocess(model))},
          {"labels", labels_.size()},
          {"models", words_.models},
          {"keep", keep_}};
}

/// All that the results depend on, so that a run goes on, and shards join, only where it is the same.
Json Attack::head(const Model& model, const std::vector<AttackPlan>& plans, const InputList& all,
                  const std::vector<std::int64_t>& truth) const {
  Json json{{"schema", schema_id("attack")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  json["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  if (shard_) json["shard"] = fmt::format("{}/{}", shard_->first + 1, shard_->second);
  if (!transfer_.empty()) json["transfer"] = split(transfer_, ',');
  // Without a folder there is nothing to go on with, or to join.
  if (!output_.empty()) json["request"] = request(model, all, truth);
  json["runs"] = Json::array();
  for (const AttackPlan& plan : plans) {
    Json run{{"method", plan.method.name}, {"params", attack_params_json(plan.settings)}};
    if (!plan.curve.empty()) run["curve"] = plan.curve;
    json["runs"].push_back(std::move(run));
  }
  return json;
}

void Attack::open_others(const std::vector<AttackPlan>& plans) {
  for (const AttackPlan& plan : plans) {
    if (shard_ && (plan.method.joint || plan.method.learn != nullptr))
      throw_usage("--shard: {} looks at all inputs together", plan.method.name);
    if (resume_ && plan.method.joint)
      throw_usage("--resume: {} counts the neurons of a whole run", plan.method.name);
  }
  if (words_.models.empty()) return;
  for (const std::string& file : split(words_.models, ','))
    others_.push_back(std::make_unique<Engine>(open_untrusted(std::string(trim(file))), engine_options_));
}

void Attack::open_transfer(const Engine& engine, const Preprocess& how) {
  if (transfer_.empty()) return;
  const InputSpec spec = input_specs(engine.model(), engine.structure()).at(0);
  for (const std::string& file : split(transfer_, ',')) {
    Model other = open_untrusted(file);
    const Preprocess own = input_flags_.preprocess(other);
    transfer_models_.push_back(
        std::make_unique<TransferModel>(std::move(other), engine_options_, spec, how, own));
  }
}

Attack::Reached Attack::rise(const AttackPlan& plan, std::vector<std::unique_ptr<Attacker>>& attackers,
                             std::span<const Input> inputs, std::span<const std::int64_t> truth,
                             std::size_t batch, const std::function<void(std::size_t)>& round) const {
  Reached reached{attackers[0]->run(inputs, truth, batch, round), {}};
  std::vector<AttackResult>& results = reached.results;
  if (plan.curve.empty()) return reached;
  if (attackers.size() == 1) {
    for (const AttackResult& r : results) reached.eps.push_back(eps_reached(plan, r));
    return reached;
  }
  reached.eps.assign(results.size(), plan.curve[0]);
  for (std::size_t next = 1; next < attackers.size(); ++next) {
    std::vector<Input> standing;
    std::vector<std::int64_t> standing_truth;
    std::vector<std::size_t> whose;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].status != AttackStatus::failed) continue;
      standing.push_back(inputs[i]);
      if (!truth.empty()) standing_truth.push_back(truth[i]);
      whose.push_back(i);
    }
    if (whose.empty()) break;
    std::vector<AttackResult> again =
        attackers[next]->run(standing, standing_truth, batch, [](std::size_t) { check_interrupt(); });
    for (std::size_t k = 0; k < whose.size(); ++k) {
      again[k].queries += results[whose[k]].queries;
      again[k].gradients += results[whose[k]].gradients;
      results[whose[k]] = std::move(again[k]);
      reached.eps[whose[k]] = plan.curve[next];
    }
  }
  return reached;
}

std::vector<Json> Attack::finish_items(const Work& work, const AttackPlan& plan, const Attacker& attacker,
                                       std::span<const Input> inputs, Reached reached) {
  std::vector<AttackResult>& results = reached.results;
  std::vector<std::vector<std::optional<bool>>> transfer;
  for (const auto& other : transfer_models_)
    transfer.push_back(other->fooled(inputs, results, plan.settings.target));
  AttackWriter* const sheets_to = no_sheets_ ? nullptr : work.writer;
  const bool to_page = page_.wanted() && on_page_ < most_on_page;
  std::vector<std::string> sources;
  if (sheets_to != nullptr) sources.push_back(fingerprints_.of(model_));
  std::vector<Json> items(results.size());
  std::vector<std::optional<NamedSheet>> drawn(results.size());
  work.engine.pool().for_each(static_cast<std::int64_t>(results.size()), [&](std::int64_t job) {
    const auto i = static_cast<std::size_t>(job);
    AttackResult& r = results[i];
    const bool success = r.status == AttackStatus::success;
    if (success && (sheets_to != nullptr || to_page))
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
    if (!reached.eps.empty()) items[i]["eps"] = reached.eps[i];
    if (transfer.empty() || !success) return;
    items[i]["transfer"] = Json::array();
    for (const auto& model : transfer)
      items[i]["transfer"].push_back(model[i] ? Json(*model[i]) : Json(nullptr));
  });
  for (const auto& sheet : drawn)
    if (sheet && to_page && on_page_++ < most_on_page) page_.sheets({&*sheet, 1}, "", work.engine.pool());
  return items;
}

void Attack::say_items(Talk& talk, const AttackPlan& plan, std::span<const Json> items) const {
  for (const Json& item : items) {
    if (item["status"] == "error") talk.error(item["error"].get<std::string>(), item.value("hint", ""));
    if (jsonl_) {
      Json json{{"method", plan.method.name}};
      json.update(item);
      talk.result(line(json));
    } else if (!json_) {
      talk.result(attack_line(attack_result_of(item)));
    }
  }
}

void Attack::run_plan(Talk& talk, const Work& work, const AttackPlan& plan, std::size_t run) {
  const auto start = std::chrono::steady_clock::now();
  const InputSpec spec = input_specs(work.engine.model(), work.engine.structure()).at(0);
  // So many at once that every thread has its own.
  const std::size_t most = 32 * static_cast<std::size_t>(work.engine.pool().threads());
  const std::size_t batch =
      batch_ > 0 ? batch_ : batch_size({std::int64_t{1} << 25, most, {}}, work.engine, work.inputs);
  std::vector<std::unique_ptr<Attacker>> attackers;
  std::vector<Engine*> others;
  for (const auto& other : others_)
    if (plan.method.joint) others.push_back(other.get());
  const auto add = [&](const attacks::Settings& settings) {
    attackers.push_back(
        std::make_unique<Attacker>(work.engine, plan.method, settings, spec, work.how, labels_, others));
    // Of all shards: what an input begins at must not depend on how the inputs are dealt out.
    for (std::size_t at = 0; attackers.back()->wants_examples() && at < work.all.size();) {
      check_interrupt();
      const std::vector<Input> read = read_inputs(work.all, at, 8 * batch, work.engine.pool());
      attackers.back()->add_examples(read, batch);
      at += read.size();
    }
    attackers.back()->learn(batch, check_interrupt);
  };
  // A method that looks for the least change needs no more than one run to say what each eps allows.
  if (plan.curve.empty() || plan.method.scope == attacks::Scope::minimum_norm)
    add(plan.settings);
  else
    for (const double eps : plan.curve) add(settings_at(words_, plan, eps));

  const std::vector<Json>& done = work.journal.items()[run];
  for (const Json& item : done)
    if (work.writer != nullptr) work.writer->keep(item);
  talk.done.inputs += static_cast<std::int64_t>(done.size());
  say_items(talk, plan, done);
  Progress progress(talk, std::string(plan.method.name), static_cast<std::int64_t>(work.inputs.size()));
  progress.advance(static_cast<std::int64_t>(done.size()));
  for (std::size_t at = done.size(); at < work.inputs.size();) {
    check_interrupt();
    const std::vector<Input> read = read_inputs(work.inputs, at, 4 * batch, work.engine.pool());
    name_not_finite(talk, read);
    if (input_flags_.strict)
      for (const Input& input : read)
        if (!input.error.empty()) throw Error(ErrorKind::input, input.error, input.hint);
    const std::size_t count = read.size();
    const std::span<const std::int64_t> truth =
        truth_.empty() ? std::span<const std::int64_t>() : std::span(truth_).subspan(at, count);
    std::size_t reported = 0;
    Reached reached = rise(plan, attackers, read, truth, batch, [&](std::size_t finished) {
      check_interrupt();
      progress.advance(static_cast<std::int64_t>(finished - reported));
      reported = finished;
    });
    std::vector<Json> items = finish_items(work, plan, *attackers[0], read, std::move(reached));
    if (input_flags_.strict)
      for (const Json& item : items)
        if (item["status"] == "error")
          throw Error(ErrorKind::input, item["error"].get<std::string>(), item.value("hint", ""));
    say_items(talk, plan, items);
    work.journal.add(run, std::move(items));
    progress.advance(static_cast<std::int64_t>(count - reported));
    talk.done.inputs += static_cast<std::int64_t>(count);
    at += count;
  }
  Json& extra = extras_.emplace_back(Json::object());
  if (plan.method.joint) extra["coverage"] = attack_coverage_json(attackers.back()->coverage());
  if (const auto change = attackers.back()->perturbation()) {
    std::vector<std::pair<std::string, std::string>> files;
    if (work.writer != nullptr)
      files = work.writer->write(change->change, change->picture, std::string(plan.method.name));
    extra["perturbation"] = attack_perturbation_json(*change, files);
  }
  seconds_.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

/// The exit code that figures alone decide: 0, or 1 where a gate fails or nothing was found.
int Attack::judge(const Talk& talk, const std::vector<AttackSummary>& summaries) const {
  const bool found = std::ranges::any_of(summaries, [](const AttackSummary& s) { return s.succeeded > 0; });
  if (!gates_.given()) return found || shard_ ? 0 : 1;
  int exit = 0;
  for (const Gate& gate : gates_.gates())
    for (const AttackSummary& s : summaries) {
      if (s.robust_accuracy() >= gate.bound) continue;  // NaN fails
      talk.error(fmt::format("robust_accuracy is {:.4f}, below {}", s.robust_accuracy(), gate.bound), "");
      exit = 1;
    }
  return exit;
}

int Attack::finish(Talk& talk, const Work& work, const std::vector<AttackPlan>& plans) {
  const std::vector<AttackSummary> summaries = summaries_of(work.journal.items());
  if (work.writer != nullptr) work.writer->list(work.journal.head(), work.journal.items());
  Json whole = attack_document_json(work.journal.head(), work.journal.take_items(), summaries, extras_);
  if (timings_) {
    whole["timings"] = Json::array();
    for (std::size_t i = 0; i < plans.size(); ++i)
      whole["timings"].push_back({{"method", plans[i].method.name}, {"seconds", number(seconds_[i])}});
  }
  const std::string text = json_ || work.writer != nullptr ? document(whole) : "";
  if (json_) talk.result(text);
  if (jsonl_) talk.result(line(attack_closing_json(whole)));
  if (!json_ && !jsonl_) talk.result(attack_report(talk, plans, summaries, whole, labels_));
  std::vector<NamedSheet> sheets;
  if (auto curve = curve_sheet(whole, work.engine.model(), style_)) sheets.push_back(std::move(*curve));
  if (whole.contains("transfer"))
    sheets.push_back(transfer_sheet(whole["transfer"], work.engine.model(), style_));
  if (work.writer != nullptr) {
    const render::PictureFormat png[] = {render::PictureFormat::png};
    write_sheets(work.writer->folder(), "", sheets, png, {fingerprints_.of(model_)}, style_,
                 work.engine.pool());
    work.writer->finish(text);
    if (!json_ && !jsonl_) talk.note(fmt::format("wrote {}", output_));
  }
  add_to_page(work, plans, summaries, whole, sheets);
  const bool errors = std::ranges::any_of(summaries, [](const AttackSummary& s) { return s.errors > 0; });
  return errors ? static_cast<int>(ErrorKind::input) : judge(talk, summaries);
}

void Attack::add_to_page(const Work& work, const std::vector<AttackPlan>& plans,
                         std::span<const AttackSummary> summaries, const Json& document_json,
                         std::span<const NamedSheet> sheets) {
  if (!page_.wanted()) return;
  page_.heading("All inputs");
  page_.table(attack_table(plans, summaries));
  page_.table(class_table(plans, summaries, labels_));
  if (document_json.contains("transfer")) page_.table(transfer_table(document_json["transfer"]));
  for (const NamedSheet& sheet : sheets) page_.sheets({&sheet, 1}, "", work.engine.pool());
  page_.finish();
}

int Attack::run(Talk& talk) {
  if (list_) {
    talk.result(json_ ? document(attack_list_json()) : attack_list_text(talk));
    return 0;
  }
  if (merge_) return merge(talk);
  settle_options(talk);
  Engine engine(open_untrusted(model_, weights_file_), engine_options_);
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  labels_ = fitting_labels(input_flags_.labels(defaults_), engine, outputs, talk);
  const InputList all = input_flags_.expand(arguments_, model, engine.structure());
  if (all.empty()) throw_input("{}: no inputs there", arguments_[0]);
  const Preprocess how = input_flags_.preprocess(model);
  const std::vector<AttackPlan> plans =
      attack_plans(words_, bounds_.empty() ? default_bounds(how) : parse_bounds(bounds_));
  std::vector<std::int64_t> truth;
  if (!input_flags_.truth.empty()) truth = read_truth_of(input_flags_.truth, all, labels_, engine, outputs);
  const auto [first, step] = shard_.value_or(std::pair<std::size_t, std::size_t>(0, 1));
  const InputList inputs = all.every(step, first);
  for (std::size_t i = first; i < truth.size(); i += step) truth_.push_back(truth[i]);
  rules_.read = input_flags_.files_read(all, {model_, weights_file_});
  if (page_.wanted()) {
    check_not_read("--html", page_.file(), rules_.read);
    page_.begin(fmt::format("{}: attacked", model_title(model)), style_, {fingerprints_.of(model_)});
  }
  if (const InputSpec spec = input_specs(model, engine.structure()).at(0); spec.shape.known())
    for (const AttackPlan& plan : plans)
      if (const std::string note = eps_note(plan, spec.shape.elements()); !note.empty()) talk.note(note);
  open_others(plans);
  open_transfer(engine, how);

  const Json asked = head(model, plans, all, truth);
  std::optional<AttackWriter> writer;
  if (!output_.empty()) writer.emplace(output_, rules_, talk);
  talk.done.of = static_cast<std::int64_t>(inputs.size() * plans.size());
  if (writer) {
    const bool joint = std::ranges::any_of(plans, [](const AttackPlan& p) { return p.method.joint; });
    talk.done.how = fmt::format("{} the same command{}", joint ? "begin anew with" : "go on with",
                                joint || resume_ ? "" : " and --resume");
    for (const AttackPlan& plan : plans)
      for (std::size_t i = 0; i < all.size(); ++i) writer->name(all[i].id, std::string(plan.method.name));
  }
  talk.survive_closed_pipe = writer.has_value() || page_.wanted();
  AttackJournal journal = writer ? AttackJournal(writer->folder(), asked, resume_) : AttackJournal(asked);
  const Work work{engine, all, inputs, how, writer ? &*writer : nullptr, journal};
  for (std::size_t i = 0; i < plans.size(); ++i) run_plan(talk, work, plans[i], i);
  input_flags_.say_notes(talk, model, inputs, !json_ && !jsonl_);
  return finish(talk, work, plans);
}

std::unique_ptr<Command> make_attack() {
  return std::make_unique<Attack>();
}

}  // namespace nv
