#include "nv/data/labels.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

std::vector<std::string> labels_in(std::string_view text) {
  const Folder folder;
  return read_labels(folder.write("labels", text));
}

std::string refusal(std::string_view text) {
  const Folder folder;
  const std::string file = folder.write("labels", text);
  const std::string what = error_of([&] { read_labels(file); });
  return what.starts_with(file + ": ") ? what.substr(file.size() + 2) : what;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("labels: one name per line, with any kind of line end") {
  CHECK(labels_in("cat\ngreat white shark\r\n\n") == Names{"cat", "great white shark"});
  CHECK(labels_in("\xef\xbb\xbf"
                  "katze\nhund") == Names{"katze", "hund"});
}

TEST_CASE("labels: numbers in Teachable Machine's labels.txt are removed") {
  CHECK(labels_in("0 glass\n1 paper cup\n") == Names{"glass", "paper cup"});
  CHECK(labels_in("7 seas\n1 paper\n") == Names{"7 seas", "1 paper"});
  CHECK(labels_in("0\n1\n2\n") == Names{"0", "1", "2"});
}

TEST_CASE("labels: JSON, in the usual forms") {
  CHECK(labels_in(R"(["cat", "dog"])") == Names{"cat", "dog"});
  CHECK(
      labels_in(
          R"({"10": "k", "0": "a", "1": "b", "2": "c", "3": "d", "4": "e", "5": "f", "6": "g", "7": "h", "8": "i",
                      "9": "j"})") == Names{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"});
  CHECK(labels_in(R"({"dog": 1, "cat": 0})") == Names{"cat", "dog"});
  CHECK(labels_in(R"({"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]})") ==
        Names{"tench", "goldfish"});
}

TEST_CASE("labels: presets") {
  CHECK(read_labels("mnist")[7] == "7");
  CHECK(read_labels("fashion-mnist") == Names{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal",
                                              "Shirt", "Sneaker", "Bag", "Ankle boot"});
  CHECK(read_labels("cifar10")[9] == "truck");
  const Names cifar100 = read_labels("cifar100");
  CHECK(cifar100.size() == 100);
  CHECK(std::ranges::is_sorted(cifar100));
  const Names imagenet = read_labels("imagenet");
  REQUIRE(imagenet.size() == 1000);
  CHECK(imagenet[0] == "tench");
  CHECK(imagenet[388] == "giant panda");
  CHECK(imagenet[999] == "toilet tissue");
}

TEST_CASE("labels: neither a file nor a preset") {
  CHECK(error_of([] { read_labels("cifar-10"); }, ErrorKind::usage) ==
        "--labels: expected a file or a data set's name, got 'cifar-10'");
  CHECK(error_of([] { read_labels("no/such.txt"); }) == "no/such.txt: no such file");
}

TEST_CASE("labels: a class by its name, else by its number") {
  const Names names{"cat", "dog", "crane", "crane", "7"};
  CHECK(class_number("dog", names, 10, "--target") == 1);
  CHECK(class_number("7", names, 10, "--target") == 4);  // a name goes before the number
  CHECK(class_number("6", names, 10, "--target") == 6);
  CHECK(class_number("600", {}, 0, "--target") == 600);
  const auto refusal_of = [](const char* text, const Names& known) {
    try {
      class_number(text, known, 10, "--target");
    } catch (const Error& e) {
      CHECK(e.kind() == ErrorKind::usage);
      return std::pair<std::string, std::string>(e.what(), e.hint());
    }
    return std::pair<std::string, std::string>();
  };
  using Refusal = std::pair<std::string, std::string>;
  CHECK(refusal_of("dgo", names) == Refusal("--target: no class 'dgo'", "did you mean dog?"));
  CHECK(refusal_of("Dog", names).second == "did you mean dog?");
  CHECK(refusal_of("10", names) == Refusal("--target: no class '10'", "the model has 10: 0 to 9"));
  CHECK(refusal_of("-1", names).first == "--target: no class '-1'");
  CHECK(refusal_of("xylophone", {"cat", "dog"}).second == "the classes are cat, dog");
  CHECK(refusal_of("crane", names) ==
        Refusal("--target: classes 2 and 3 are named 'crane'", "give the class by its number"));
  CHECK(refusal_of("dog", {}).second == "give the names by --labels FILE, or the class by its number");
}

TEST_CASE("labels: damaged files") {
  CHECK(refusal("") == "holds no labels");
  CHECK(refusal("[\"cat\", ") == "damaged JSON");
  CHECK(refusal("[[1, 2, 3]]") == "element 0 of the list is no name");
  CHECK(refusal(R"({"0": "a", "2": "b"})") == "2 labels, but not one for each of 0 to 1");
  CHECK(refusal(R"({"a": 0, "b": 0})") == "2 labels, but not one for each of 0 to 1");
  CHECK(refusal(R"({"a": "b"})") == "'a' is no label: index -> name or name -> index is needed");
  CHECK(refusal(std::string_view("a\0b", 3)) == "not a text file");
}
