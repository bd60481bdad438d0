// nv view: a page with a model and inputs inside. What the page does is tested by tests/viewer and
// viewer/test.
#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <span>

#include "nv/data/gzip.h"
#include "nv/keras/reader.h"
#include "nv/model/packed.h"
#include "nv/view/about.h"
#include "support.h"

using namespace nv::test;
namespace fs = std::filesystem;

namespace {

/// The bytes of base64 text.
nv::Bytes decoded(std::string_view text) {
  static constexpr std::string_view digits64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  nv::Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = digits64.find(c);
    if (digit == std::string_view::npos) continue;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<std::byte>(bits >> (count -= 8) & 0xFFU));
  }
  return bytes;
}

/// The content of a gzip file.
nv::Bytes unzipped(const nv::Bytes& packed) {
  nv::MemoryStream from(packed);
  nv::GunzipStream stream(from, "page");
  nv::Bytes bytes(1 << 26);
  std::size_t size = 0;
  while (const std::size_t n = stream.read(std::span(bytes).subspan(size))) size += n;
  bytes.resize(size);
  return bytes;
}

struct Part {
  std::string attributes;
  nv::Bytes bytes;
};

Part part(const std::string& html, const std::string& id) {
  const std::string begin = "<script type=\"text/plain\" id=\"" + id + "\"";
  REQUIRE(count_of(html, begin) == 1);
  const std::size_t at = html.find(begin) + begin.size(), text = html.find('>', at) + 1;
  return {html.substr(at, text - at - 1), unzipped(decoded(html.substr(text, html.find('<', text) - text)))};
}

Json inputs_of(const std::string& html) {
  const nv::Bytes bytes = part(html, "nv-inputs").bytes;
  return Json::parse(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::vector<float> numbers(const Json& data) {
  const nv::Bytes bytes = decoded(data.get<std::string>());
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

TEST_CASE("view: a page holds the model, its labels and the inputs as nv run takes them") {
  const Folder folder;
  const std::string file = folder / "lenet.html";
  const Outcome made = run_nv({"view", lenet, seven, "-o", file});
  CHECK(made.code == 0);
  CHECK(made.out.empty());
  CHECK(made.err.find("wrote " + file) != std::string::npos);
  const std::string html = read(file);
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(html.size() < 1'500'000);
  const Part model = part(html, "nv-model");
  CHECK(model.attributes.find("data-file=\"lenet5-mnist.h5\"") != std::string::npos);
  const nv::PackedModel packed = nv::unpack_model(std::make_shared<const nv::Bytes>(model.bytes), "m");
  CHECK(packed.model.parameters() == nv::open_model(lenet).parameters());
  CHECK(nv::view::from_config(packed.about).labels.size() == 10);
  const Json inputs = inputs_of(html);
  REQUIRE(inputs.size() == 1);
  CHECK(inputs[0]["name"] == "7_0293");
  CHECK(inputs[0]["source"]["shape"] == Json{28, 28, 1});
  CHECK(numbers(inputs[0]["source"]["data"]).size() == 784);
  CHECK(run_nv({"view", lenet, seven, "-q", "-o", folder / "again.html"}).code == 0);
  CHECK(read(folder / "again.html") == html);
}

TEST_CASE("view: --half halves the weights") {
  const Folder folder;
  CHECK(run_nv({"view", vgg, "-q", "-o", folder / "single.html"}).code == 0);
  CHECK(run_nv({"view", vgg, "-q", "--half", "-o", folder / "half.html"}).code == 0);
  const auto size = [&](const std::string& name) {
    return part(read(folder / name), "nv-model").bytes.size();
  };
  CHECK(size("half.html") < size("single.html") * 51 / 100);
}

TEST_CASE("view: a page never replaces the model that it shows") {
  const Folder folder;
  const std::string model = folder / "m.h5";
  fs::copy_file(lenet, model);
  const Outcome refused = run_nv({"view", model, "-o", model, "--force"});
  CHECK(refused.code == 2);
  CHECK(read(model) == read(lenet));
}

TEST_CASE("view: a page above --max-mb is refused with its size and the flag, and nothing is written") {
  const Folder folder;
  const Outcome refused = run_nv({"view", vgg, "-o", folder / "p.html", "--max-mb", "1.5"});
  CHECK(refused.code == 3);
  CHECK(not_one_error(refused, vgg) == "");
  CHECK(refused.err.find("--max-mb is 1.5") != std::string::npos);
  CHECK(!fs::exists(folder / "p.html"));
  const std::size_t hint = refused.err.find("hint: --max-mb ");
  REQUIRE(hint != std::string::npos);
  const std::string allowed = std::to_string(std::stoi(refused.err.substr(hint + 15)));
  CHECK(run_nv({"view", vgg, "-q", "-o", folder / "p.html", "--max-mb", allowed}).code == 0);
}

TEST_CASE("view: a sample list gives originals, and adversarial samples beside them") {
  const Folder folder;
  const std::string out = folder / "attacked";
  CHECK(run_nv({"attack", lenet, digits, "--method", "pgd", "--eps", "0.3", "-q", "-o", out}).code == 0);
  const std::string file = folder / "p.html";
  CHECK(run_nv({"view", lenet, out, "-q", "-o", file}).code == 0);
  const Json inputs = inputs_of(read(file));
  int samples = 0;
  for (const Json& input : inputs) {
    if (input["origin"].is_null()) continue;
    ++samples;
    const Json& original = inputs.at(input["origin"].get<std::size_t>());
    CHECK(original["origin"].is_null());
    CHECK(input["name"].get<std::string>().starts_with(original["name"].get<std::string>()));
    CHECK(numbers(input["source"]["data"]) != numbers(original["source"]["data"]));
    CHECK(input["method"] == "pgd");
    CHECK(input["linf"].get<double>() == doctest::Approx(0.3));
    CHECK(input["l2"].get<double>() > input["linf"].get<double>());
    CHECK(original["method"] == "");
    CHECK(original["l2"].is_null());
  }
  CHECK(samples > 0);
  CHECK(inputs.size() == 2 * static_cast<std::size_t>(samples));
}

TEST_CASE("view: true classes and the inputs of a model with several") {
  const Folder folder;
  CHECK(run_nv({"view", lenet, kept_images + "#0-2", "--truth", kept_labels, "-q", "-o", folder / "t.html"})
            .code == 0);
  for (const Json& input : inputs_of(read(folder / "t.html"))) CHECK(input["truth"].is_number_integer());
  CHECK(run_nv({"view", fixture("two_in_two_out/model.h5"), fixture("two_in_two_out/input.npz"), "-q", "-o",
                folder / "two.html"})
            .code == 0);
  const Json inputs = inputs_of(read(folder / "two.html"));
  REQUIRE(!inputs.empty());
  CHECK(inputs[0]["source"]["more"].size() == 1);
}

TEST_CASE("view: hostile names stay text in the page") {
  const Folder folder;
  const std::string hostile = "a\"><script>alert(1)<!--\x1b[31m\xff.h5";
  fs::copy(lenet, folder / hostile);
  const std::string file = folder / "p.html";
  CHECK(run_nv({"view", folder / hostile, "--title", "</script><script>", "--no-defaults", "-q", "-o", file})
            .code == 0);
  CHECK(run_nv({"view", lenet, "--no-defaults", "-q", "-o", folder / "plain.html"}).code == 0);
  const std::string html = read(file);
  CHECK(count_of(html, "<script") == count_of(read(folder / "plain.html"), "<script"));
  CHECK(count_of(html, "alert(1)") == 1);
  CHECK(html.find('\x1b') == std::string::npos);
  CHECK(part(html, "nv-model").attributes.find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("view: only pages that nv wrote are replaced without --force, and an input never is") {
  const Folder folder;
  write(folder / "mine.html", "<!doctype html>mine");
  const Outcome refused = run_nv({"view", lenet, "-o", folder / "mine.html"});
  CHECK(refused.code == 5);
  CHECK(read(folder / "mine.html") == "<!doctype html>mine");
  CHECK(run_nv({"view", lenet, "-q", "--force", "-o", folder / "mine.html"}).code == 0);
  CHECK(run_nv({"view", lenet, "-q", "-o", folder / "mine.html"}).code == 0);
  CHECK(run_nv({"view", lenet, "-o", folder / "page.png"}).code == 2);
  CHECK(run_nv({"view", lenet}).code == 2);
}

TEST_CASE("view: without one usable input there is no page, as with --strict") {
  const Folder folder;
  const Outcome none = run_nv({"view", lenet, folder / "none.png", "-o", folder / "p.html"});
  CHECK(none.code == 3);
  CHECK(not_one_error(none, folder / "none.png") == "");
  CHECK(none.err.find("wrote") == std::string::npos);
  CHECK(!fs::exists(folder / "p.html"));
}

TEST_CASE("view: a model that nv cannot compute is refused by the layer, before anything is written") {
  const Folder folder;
  for (const auto& [name, code, layer] :
       {std::tuple("wrong_shape.h5", 3, "layer conv (Conv2D): weight kernel is 5 x 5"),
        std::tuple("lstm.h5", 4, "(LSTM)"), std::tuple("custom_layer.h5", 4, "layer ")}) {
    CAPTURE(std::string(name));
    const std::string model = fixture(std::string("odd/") + name);
    const Outcome refused = run_nv({"view", model, "-o", folder / "p.html"});
    CHECK(refused.code == code);
    CHECK(not_one_error(refused, model) == "");
    CHECK(refused.err.find(layer) != std::string::npos);
    CHECK(!fs::exists(folder / "p.html"));
  }
}

TEST_CASE("view: inputs that cannot be read are reported, and the others are in the page") {
  const Folder folder;
  const Outcome made = run_nv({"view", lenet, seven, folder / "none.png", "-o", folder / "p.html"});
  CHECK(made.code == 3);
  CHECK(made.err.find("none.png") != std::string::npos);
  CHECK(inputs_of(read(folder / "p.html")).size() == 1);
}
