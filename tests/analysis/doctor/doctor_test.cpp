// Findings of `nv doctor`: one planted fault at a time, and none in a model that is used as it was trained.
#include "nv/analysis/doctor/doctor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <set>

#include "analysis/doctor/support.h"
#include "nv/analysis/doctor/list.h"
#include "nv/model/select.h"

using namespace nv;
using namespace nv::doctor;
using nv::doctor::test::kept_images;
using nv::doctor::test::kept_images_all;
using nv::doctor::test::kept_labels;
using nv::doctor::test::kinds;
using nv::doctor::test::Patient;
using Kinds = std::vector<std::string>;

TEST_CASE("doctor: nothing is wrong with LeNet-5 and its digits, with and without true classes") {
  Patient patient;
  CHECK(kinds(patient.findings()) == Kinds{});
  patient.read_truth();
  const Examination e = patient.examine();
  CHECK(kinds(diagnose(e)) == Kinds{});
  CHECK(e.accuracy() > 0.95);
  CHECK(e.inputs.size() == 200);
  REQUIRE(e.trials.size() == 8);  // four scales, inverted or not
  CHECK(e.trials[0].preprocess == patient.settings.preprocess);
}

TEST_CASE("doctor: inverted digits, with the better preprocessing and its accuracy") {
  Patient patient;
  patient.settings.preprocess.invert = true;
  for (const bool truth : {false, true}) {
    CAPTURE(truth);
    if (truth) patient.read_truth();
    const std::vector<Finding> findings = patient.findings();
    REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
    REQUIRE(findings[0].preprocess);
    CHECK_FALSE(findings[0].preprocess->invert);
    CHECK(findings[0].preprocess->scale == Scale::unit);
    CHECK(findings[0].advice == "use --preprocess unit");
    CHECK((findings[0].what.find("accuracy") != std::string::npos) == truth);
  }
}

TEST_CASE("doctor: digits of 0..255, which saturate the softmax") {
  Patient patient;
  patient.settings.preprocess.scale = Scale::raw;
  for (const bool truth : {false, true}) {
    CAPTURE(truth);
    if (truth) patient.read_truth();
    const std::vector<Finding> findings = patient.findings();
    REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
    REQUIRE(findings[0].preprocess);
    CHECK(findings[0].preprocess->scale != Scale::raw);
  }
}

TEST_CASE("doctor: a scale that costs few inputs is found where true classes show it") {
  Patient patient;
  patient.inputs = kept_images_all;
  patient.settings.preprocess.scale = Scale::signed_unit;
  CHECK(kinds(patient.findings()) == Kinds{});  // without them it is as sure as the right one
  patient.settings.truth = nv::read_truth(kept_labels, patient.list(), {});
  const Examination e = patient.examine();
  CHECK(e.accuracy() > 0.95);
  const std::vector<Finding> findings = diagnose(e);
  REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
  CHECK(findings[0].advice == "use --preprocess unit");
}

namespace {

/// An examination of the kept digits as arrays that `change` makes of pixels of 0..255.
std::vector<Finding> findings_of_arrays(Patient& patient, const std::function<float(float)>& change,
                                        std::size_t count) {
  const InputList list = patient.list();
  std::vector<Input> batch;
  std::vector<std::optional<std::int64_t>> items;
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(list.load(i));
    for (float& x : batch.back().tensors[0].values()) x = change(std::round(x * 255));
    batch.back().preprocess = "none";
    items.emplace_back(static_cast<std::int64_t>(i));
    tensors.push_back(batch.back().tensors[0]);
  }
  const Tensor stacked = stack(tensors);
  Examiner examiner(patient.engine, patient.settings, count);
  examiner.add(batch, items, patient.engine.forward({&stacked, 1}), 0);
  const Examination examination = examiner.finish();
  return diagnose(examination);
}

}  // namespace

TEST_CASE("doctor: arrays that were scaled twice are too small, not the layers' units dead") {
  Patient patient;
  for (const bool truth : {false, true}) {
    CAPTURE(truth);
    if (truth) patient.read_truth();
    std::vector<Finding> findings = findings_of_arrays(
        patient, [](float p) { return p / 255 / 255; }, 200);
    REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
    CHECK(findings[0].what.starts_with("arrays of 0..0.0039 (divided by 255 twice, as it seems) do not fit"));
    CHECK(findings[0].advice == "make the arrays as --preprocess unit makes pictures: x becomes 255 x");
    CHECK_FALSE(findings[0].preprocess);

    findings = findings_of_arrays(
        patient, [](float p) { return p / 255 / 127.5F - 1; }, 200);
    REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
    CHECK(findings[0].what.starts_with("arrays of -1..-0.992 (divided by 127.5"));
    findings = findings_of_arrays(
        patient, [](float p) { return p * 257; }, 200);
    REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
    CHECK(findings[0].what.starts_with("arrays of 0..65535 (pictures of 16 bits"));
    CHECK(kinds(findings_of_arrays(
              patient, [](float p) { return p / 255; }, 200)) == Kinds{});
  }
  const std::vector<Finding> one = findings_of_arrays(
      patient, [](float p) { return p / 255 / 255; }, 1);
  CHECK(kinds(one) == Kinds{"warning preprocessing"});
}

TEST_CASE("doctor: two inputs of one class are not an output that depends on nothing") {
  Patient patient;
  const std::vector<std::int64_t> truth = nv::read_truth(kept_labels, patient.list(), {});
  std::vector<std::string> sevens;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (truth[i] == 7) sevens.push_back(std::to_string(i));
  REQUIRE(sevens.size() > 2);
  patient.inputs = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz#" + sevens[0] + "," + sevens[1];
  CHECK(kinds(patient.findings()) == Kinds{});
}

TEST_CASE("doctor: a scale of a file of defaults that cannot apply is a finding") {
  Patient patient;
  patient.settings.scale_error = "m.nv.toml: preprocess caffe is for pictures of 3 channels";
  const std::vector<Finding> findings = patient.findings();
  REQUIRE(kinds(findings) == Kinds{"error preprocessing"});
  REQUIRE(findings[0].preprocess);
  CHECK(*findings[0].preprocess == patient.settings.preprocess);
}

TEST_CASE("doctor: what few inputs, or none with true classes, say little about") {
  Patient patient;
  const auto names = [&] {
    const Examination e = patient.examine();
    std::vector<std::string> list;
    for (const CheckEntry* entry : hardly_judged(e)) list.emplace_back(entry->kind);
    return list;
  };
  CHECK(names() == std::vector<std::string>{"labels", "accuracy"});
  patient.read_truth();
  CHECK(names().empty());
  patient.settings.truth.clear();
  patient.inputs = NV_EXAMPLES "/idx/kept-images-idx3-ubyte.gz#0";
  CHECK(names() ==
        std::vector<std::string>{"labels", "preprocessing", "saturation", "dead", "accuracy", "duplicates"});
}

TEST_CASE("doctor: permuted classes, and those that begin at 1") {
  Patient patient;
  patient.read_truth();
  const std::vector<std::int64_t> right = patient.settings.truth;
  for (std::int64_t& t : patient.settings.truth) t = t == 3 ? 8 : t == 8 ? 3 : t;
  std::vector<Finding> findings = patient.findings();
  REQUIRE(kinds(findings) == Kinds{"error labels"});
  CHECK(findings[0].what.find("3 as 8, 8 as 3") != std::string::npos);

  patient.settings.truth = right;
  for (std::int64_t& t : patient.settings.truth) ++t;
  findings = patient.findings();
  REQUIRE(kinds(findings) == Kinds{"error labels"});
  CHECK(findings[0].advice == "the labels begin at 1: subtract 1");

  patient.settings.truth = right;
  for (std::int64_t& t : patient.settings.truth) t = std::max<std::int64_t>(t - 1, 0);
  findings = patient.findings();
  REQUIRE(kinds(findings) == Kinds{"error labels"});
  CHECK(findings[0].advice == "the labels are one too small: add 1");
}

TEST_CASE("doctor: names of another number of classes") {
  Patient patient;
  patient.settings.labels.assign(9, "name");
  CHECK(kinds(patient.findings()) == Kinds{"error labels"});
  patient.settings.labels.push_back("name");
  CHECK(kinds(patient.findings()) == Kinds{});
}

TEST_CASE("doctor: true classes of other inputs are no better than chance") {
  Patient patient;
  patient.read_truth();
  std::ranges::sort(patient.settings.truth);
  const std::vector<Finding> findings = patient.findings();
  CHECK(kinds(findings) == Kinds{"error accuracy"});
}

TEST_CASE("doctor: channels that are 0 for every input") {
  Patient patient;
  const std::size_t conv2 = select_layer(patient.engine.model(), "conv2");
  patient.engine.freeze({{conv2, {0, 1, 4, 5, 9, 12, 13, 15}}});
  const std::vector<Finding> findings = patient.findings();
  const auto dead = std::ranges::find(findings, "dead", &Finding::kind);
  REQUIRE(dead != findings.end());
  CHECK(dead->severity == Severity::error);
  CHECK(dead->where == "conv2");
  CHECK(
      dead->what.starts_with("8 of 16 channels of conv2 (Conv2D) are 0 for all 200 inputs, 0 of them far "
                             "from firing: 0, 1, 4, 5, 9, 12"));

  patient.engine.freeze({{conv2, {0}}});
  CHECK(kinds(patient.findings()) == Kinds{});
}

TEST_CASE(
    "doctor: a few units that no input like these makes positive, in contrast to many that are just below "
    "0") {
  Patient patient;
  const Examination measured = patient.examine();
  Examination e{patient.engine, patient.settings, measured.outputs, {}, 10, measured.inputs, measured.nodes};
  e.arguments = measured.arguments;
  CHECK(check_dead(e).empty());  // though a quarter of fc1 is dead
  const std::size_t fc1 = select_layer(patient.engine.model(), "fc1");
  Tensor arguments(Shape{2, 120}, -50.0F);
  for (std::int64_t c = 0; c < 120; ++c) arguments.values()[static_cast<std::size_t>(c)] = -51;
  e.nodes[fc1] = ChannelSums();
  e.arguments[fc1] = ChannelSums();
  Tensor ones(Shape{2, 120}, 1.0F);
  for (std::int64_t c = 0; c < 8; ++c)
    ones.values()[static_cast<std::size_t>(c)] = ones.values()[static_cast<std::size_t>(120 + c)] = 0;
  e.nodes[fc1].add(ones, false);
  e.arguments[fc1].add(arguments, false);
  const std::vector<Finding> findings = check_dead(e);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::error);
  CHECK(
      findings[0].what.starts_with("8 of 120 units of fc1 (Dense) are 0 for all 200 inputs, 8 of them far"));
}

TEST_CASE("doctor: an output that does not depend on the input") {
  Patient patient;
  const std::size_t conv2 = select_layer(patient.engine.model(), "conv2");
  std::vector<std::int64_t> all(16);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  patient.engine.freeze({{conv2, all}});
  const std::vector<std::string> found = kinds(patient.findings());
  CHECK(std::ranges::count(found, "error accuracy") == 1);
  CHECK(std::ranges::count(found, "error dead") > 0);
}

TEST_CASE("doctor: repeated inputs, and those with two true classes") {
  Patient patient;
  const Examination measured = patient.examine();
  Examination e{patient.engine, patient.settings, measured.outputs, {}, 10, measured.inputs};
  CHECK(check_duplicates(e).empty());
  e.inputs[5].hash = e.inputs[3].hash;
  std::vector<Finding> findings = check_duplicates(e);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].what.find(e.inputs[5].id + " is " + e.inputs[3].id) != std::string::npos);
  e.inputs[3].truth = 1;
  e.inputs[5].truth = 2;
  findings = check_duplicates(e);
  CHECK(findings[0].severity == Severity::error);
}

TEST_CASE("doctor: pictures that are enlarged, reduced or distorted by more than a factor") {
  Patient patient;
  Examination e{patient.engine, patient.settings};
  ExaminedInput picture;
  picture.id = "p";
  picture.model_width = picture.model_height = 32;
  picture.width = picture.height = 30;
  e.inputs = {picture};
  CHECK(check_sizes(e).empty());
  e.inputs[0].width = e.inputs[0].height = 6;
  CHECK(check_sizes(e).at(0).severity == Severity::error);
  e.inputs[0].width = e.inputs[0].height = 12;
  CHECK(check_sizes(e).at(0).severity == Severity::warning);
  e.inputs[0].width = e.inputs[0].height = 640;
  CHECK(check_sizes(e).at(0).advice.find("--resize area") != std::string::npos);
  patient.settings.preprocess.resize = Resize::area;
  CHECK(check_sizes(e).empty());
  e.inputs[0].width = 1600;
  CHECK(check_sizes(e).at(0).advice.find("--fit crop") != std::string::npos);
  patient.settings.preprocess.fit = Fit::pad;
  CHECK(check_sizes(e).empty());
}

TEST_CASE("doctor: values that are not finite, and the layer where they begin") {
  Patient patient;
  const Examination measured = patient.examine();
  Examination e{patient.engine, patient.settings, measured.outputs, {}, 10, measured.inputs, measured.nodes};
  CHECK(check_not_finite(e).empty());
  const std::size_t conv2 = select_layer(patient.engine.model(), "conv2");
  Tensor bad(Shape{1, 10, 10, 16});
  bad.values()[7] = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t i = conv2; i < conv2 + 2; ++i) e.nodes[i].add(bad, false);
  const std::vector<Finding> findings = check_not_finite(e);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].where == "conv2");
  CHECK(kinds(diagnose(e)) == Kinds{"error not-finite"});
}

namespace {

/// A weight that is not in a file.
struct Numbers final : WeightData {
  explicit Numbers(Tensor values) : values_(std::move(values)) {}
  Tensor read() const override { return values_; }
  Tensor values_;
};

/// A layer with a kernel of 50 x 50 numbers, which no node calls.
LayerSpec layer_with(const std::function<float()>& draw) {
  Tensor kernel(Shape{50, 50});
  for (float& x : kernel.values()) x = draw();
  LayerSpec layer;
  layer.path = layer.name = "extra";
  layer.kind = "Dense";
  layer.weights.push_back({"kernel", kernel.shape(), "float32", std::make_shared<Numbers>(kernel)});
  return layer;
}

}  // namespace

TEST_CASE("doctor: kernels as an initialiser draws them, if they are most of the model's") {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-0.1F, 0.1F);
  std::normal_distribution<float> normal(0, 0.05F);
  Model drawn = open_model(NV_EXAMPLES "/models/lenet5-mnist.h5"), mixed = drawn;
  for (int i = 0; i < 60; ++i) {
    drawn.layers.push_back(layer_with([&] { return uniform(random); }));
    mixed.layers.push_back(layer_with([&] { return i % 2 == 0 ? uniform(random) : normal(random); }));
  }
  const Settings settings;
  Engine trained(open_model(NV_EXAMPLES "/models/lenet5-mnist.h5"), {1}), one(drawn, {1}), two(mixed, {1});
  CHECK(check_untrained(Examination{trained, settings}).empty());
  CHECK(check_untrained(Examination{two, settings}).empty());
  const std::vector<Finding> findings = check_untrained(Examination{one, settings});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].what.starts_with("the kernels of 6"));
}

namespace {

/// LeNet-5 whose layers for which `which` is true have weights as GlorotUniform draws them, and no bias.
Model partly_untrained(const std::function<bool(const std::string&)>& which) {
  std::mt19937 random(5);
  Model model = open_model(NV_EXAMPLES "/models/lenet5-mnist.h5");
  for (LayerSpec& layer : model.layers) {
    if (layer.weights.empty() || !which(layer.name)) continue;
    const Shape& shape = layer.weights[0].shape;
    const auto positions = static_cast<float>(shape.rank() == 4 ? shape[0] * shape[1] : 1);
    const float limit =
        std::sqrt(6 / (positions * static_cast<float>(shape[shape.rank() - 2] + shape[shape.rank() - 1])));
    std::uniform_real_distribution<float> uniform(-limit, limit);
    Tensor kernel(shape);
    for (float& x : kernel.values()) x = uniform(random);
    layer.weights[0].data = std::make_shared<Numbers>(kernel);
    layer.weights[1].data = std::make_shared<Numbers>(Tensor(layer.weights[1].shape, 0.0F));
  }
  return model;
}

std::vector<Finding> untrained(const std::function<bool(const std::string&)>& which) {
  const Settings settings;
  Engine engine(partly_untrained(which), {1});
  Examination e{engine, settings};
  e.outputs = output_kinds(engine.model(), engine.structure());
  return check_untrained(e);
}

}  // namespace

TEST_CASE("doctor: an output layer that was never trained, and other layers") {
  CHECK(untrained([](const std::string&) { return false; }).empty());
  std::vector<Finding> findings = untrained([](const std::string& name) { return name == "predictions"; });
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].where == "predictions");
  CHECK(findings[0].what.starts_with(
      "the weights of predictions (Dense), which gives the output, are as GlorotUniform draws them"));
  findings = untrained([](const std::string& name) { return name == "conv2"; });
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  findings = untrained([](const std::string&) { return true; });
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].what.starts_with("the weights of all 5 layers"));
  Patient patient{
      Engine(partly_untrained([](const std::string& name) { return name == "predictions"; }), {2}),
      kept_images,
      {}};
  CHECK(kinds(patient.findings()) == Kinds{"error untrained"});
}

TEST_CASE(
    "doctor: outputs that are right far more often than sure, with a scale that makes them as sure as "
    "right") {
  Patient patient;
  patient.inputs = kept_images_all;
  patient.settings.preprocess.scale = Scale::custom;
  patient.settings.preprocess.deviation = {4};
  patient.settings.truth = nv::read_truth(kept_labels, patient.list(), {});
  const Examination e = patient.examine();
  CHECK(e.accuracy() > 0.97);
  const std::vector<Finding> findings = diagnose(e);
  REQUIRE(kinds(findings) == Kinds{"warning preprocessing"});
  REQUIRE(findings[0].preprocess);
  CHECK(findings[0].preprocess->scale != Scale::custom);
}

TEST_CASE("doctor: exchanged classes that exchanged channels would explain as well are both") {
  Patient patient;
  patient.read_truth();
  for (std::int64_t& t : patient.settings.truth) t = t == 3 ? 8 : t == 8 ? 3 : t;
  Examination e = patient.examine();
  Trial reversed = e.trials[0];
  reversed.preprocess.bgr = true;
  reversed.accuracy = 1;
  e.trials.push_back(reversed);
  std::vector<Finding> findings = check_labels(e);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].what.find("with the channels reversed they are right, too") != std::string::npos);
  e.trials.back().confidence = e.trials[0].confidence + 0.05;  // the outputs speak for the channels
  e.trials[0].confidence -= 0.05;
  CHECK(check_labels(e).empty());
}

TEST_CASE("doctor: without true classes, outputs that are surer with the channels reversed are a warning") {
  Patient patient;
  Examination e = patient.examine();
  CHECK_FALSE(takes_colour(e));  // grey digits
  Trial reversed = e.trials[0];
  reversed.preprocess.bgr = true;
  reversed.confidence += 0.03;
  for (double& c : reversed.confidences) c += 0.03;
  e.trials.push_back(reversed);
  CHECK(takes_colour(e));
  REQUIRE(check_channel_order(e).size() == 1);
  CHECK(check_channel_order(e)[0].severity == Severity::warning);
  e.trials.back().distance = 5;  // the statistics say otherwise
  e.trials[0].distance = 0.1;
  CHECK(check_channel_order(e).empty());
  e.trials.back().distance = e.trials[0].distance;
  CHECK(check_channel_order(e).size() == 1);
  e.trials.back().confidences = e.trials[0].confidences;  // surer in the mean, but not input by input
  CHECK(check_channel_order(e).empty());
}

TEST_CASE("doctor: every check has a kind of its own and says what it looks for") {
  std::set<std::string_view> names;
  for (const CheckEntry& entry : checks()) {
    CHECK(names.insert(entry.kind).second);
    CHECK(entry.summary.size() > 10);
  }
}
