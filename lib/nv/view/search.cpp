// Attacks and explanations.
#include <algorithm>
#include <cmath>

#include "nv/analysis/attack.h"
#include "nv/analysis/explain/explain.h"
#include "nv/analysis/explain/summary.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/view/session.h"

namespace nv::view {

namespace {

constexpr double slider_steps = 100;

/// Attacks of one input of one model, without other inputs.
bool is_offered(const attacks::Method& m) {
  return !m.joint && !m.examples && m.learn == nullptr;
}

Json number_parameter(std::string_view name, std::string_view help, double value, double low, double high,
                      bool whole) {
  return {{"name", name},     {"help", help}, {"value", value},
          {"min", low},       {"max", high},  {"step", whole ? 1 : (high - low) / slider_steps},
          {"perEps", nullptr}};
}

Json parameters_json(const attacks::Method& m, const attacks::Bounds& bounds) {
  Json list = Json::array();
  const attacks::Norm norm = m.norms.front();
  const double eps = attacks::default_eps(norm, bounds);
  if (m.scope == attacks::Scope::fixed_epsilon)
    list.push_back(
        number_parameter("eps", fmt::format("largest change ({})", attacks::norm_name(norm)), eps, 0,
                         norm == attacks::Norm::linf ? static_cast<double>(bounds.range()) : 20 * eps,
                         norm == attacks::Norm::l0));
  for (const attacks::Parameter& p :
       m.parameters == nullptr ? std::vector<attacks::Parameter>() : m.parameters(norm)) {
    if (!p.words.empty()) continue;
    const double value = p.times_eps ? p.value * eps : p.value;
    list.push_back(number_parameter(p.name, p.meaning, value, p.least, p.most, p.whole));
    if (p.times_eps) list.back()["perEps"] = p.value;
  }
  return list;
}

/// `chosen`: what the user set; what is not there has the method's default, which may depend on eps.
attacks::Request request_of(const attacks::Method& method, const attacks::Bounds& bounds,
                            const Json& chosen) {
  attacks::Request request;
  request.bounds = bounds;
  for (const Json& p : parameters_json(method, bounds)) {
    const auto name = p["name"].get<std::string>();
    const auto at = chosen.find(name);
    if (at == chosen.end()) continue;
    if (name == "eps")
      request.eps = at->get<double>();
    else
      request.set.emplace_back(name, at->get<double>());
  }
  return request;
}

/// The share of the work after so many rounds of queries: exact where the number of steps is a parameter.
class RoundShare {
 public:
  explicit RoundShare(const attacks::Settings& settings) {
    for (const auto& [name, value] : settings.parameters)
      if (name == "steps" && value > 0) steps_ = value;
  }
  double next() {
    constexpr double unknown = 200;  // rounds to half of the bar
    ++rounds_;
    return steps_ > 0 ? std::min(rounds_ / (steps_ + 1), 0.99) : rounds_ / (rounds_ + unknown);
  }

 private:
  double steps_ = 0, rounds_ = 0;
};

}  // namespace

Reply Session::attack_methods() const {
  check_open();
  Reply reply;
  reply.json = Json::array();
  for (const attacks::Method& m : attacks::methods())
    if (is_offered(m))
      reply.json.push_back({{"name", m.name},
                            {"title", m.summary},
                            {"group", attacks::group_name(m.group)},
                            {"parameters", parameters_json(m, default_bounds(about_.preprocess))}});
  return reply;
}

Reply Session::attack(const Json& request, const Progress& progress) {
  const Sample& s = sample(request.at("id"));
  const attacks::Method& method = attacks::find_method(request.at("method").get<std::string>());
  if (!is_offered(method)) throw_usage("{} needs more than one input", method.name);
  const attacks::Bounds bounds = default_bounds(about_.preprocess);
  const attacks::Settings settings =
      attacks::settle(method, request_of(method, bounds, request.at("parameters")));
  Attacker attacker(*engine_, method, settings, specs_.at(0), about_.preprocess, about_.labels);
  Input input;
  input.id = input.file = s.name;
  input.tensors = {s.inputs.at(0).item(0)};
  RoundShare share(settings);
  const AttackResult r =
      attacker.run({&input, 1}, {}, 1, [&](std::size_t) { progress(share.next()); }).front();
  if (!r.error.empty()) throw Error(ErrorKind::input, r.error, r.hint);
  Reply reply;
  const bool found = r.status == AttackStatus::success;
  reply.json = {{"found", found},
                {"queries", r.queries + r.gradients},
                {"l2", number(r.distances.l2)},
                {"linf", number(r.distances.linf)},
                {"note", r.reason}};
  if (found)
    reply.json["array"] = {{"kind", "array"},
                           {"name", fmt::format("{}.{}", s.name, method.name)},
                           {"shape", r.sample.shape().axes()},
                           {"data", reply.array(r.sample)}};
  if (found && r.survives_png == false)
    reply.json["note"] = "not adversarial any more when stored with 8 bits";
  if (!found && r.zero_gradient) reply.json["note"] = "the gradient is 0 everywhere";
  return reply;
}

Reply Session::explain_methods() const {
  check_open();
  Reply reply;
  reply.json = Json::array();
  for (const explain::Method& m : explain::methods())
    if (m.name != "filters" && !m.needs_background &&
        explain::not_applicable(m, engine_->model(), engine_->structure(), {}, 1).empty())
      reply.json.push_back({{"name", m.name}, {"title", m.summary}});
  return reply;
}

Reply Session::explain(const Json& request) {
  Sample& s = sample(request.at("id"));
  const explain::Method* const method = &explain::find_method(request.at("method").get<std::string>());
  explain::Request question;
  question.runs = explain::settle_runs({&method, 1}, {});
  question.classes = {{explain::ClassChoice::Kind::number, request.at("class").get<std::int64_t>()}};
  question.preprocess = about_.preprocess;
  const explain::Item item;
  const auto answers = explain::explain_batch(*engine_, outputs_, question, s.inputs, trace(s), {&item, 1});
  if (answers.at(0).empty()) throw_input("{}: {}", s.name, no_class_reason);
  const explain::PositionMap map =
      explain::position_map(answers[0][0].explanation, engine_->model(), engine_->structure());
  if (map.values.empty()) throw_usage("{} gives no map of this model's inputs", method->name);
  Reply reply;
  reply.json = {{"height", map.height},
                {"width", map.width},
                {"values", reply.array(std::span<const float>(map.values))},
                {"signed", std::ranges::any_of(map.values, [](float x) { return x < 0; })}};
  return reply;
}

}  // namespace nv::view
