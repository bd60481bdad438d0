#include "nv/keras/hdf5/writer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/keras/hdf5/file.h"

namespace nv::test {

using Arrays = std::vector<std::pair<std::string, Tensor>>;

TEST_CASE("written arrays are read back bit by bit, under their names as groups") {
  Tensor odd = noise({3, 4});
  odd[0] = NAN;
  odd[1] = -0.0F;
  odd[2] = INFINITY;
  odd[3] = 1e-42F;
  const Arrays arrays{
      {"layer/block/conv#1@0", odd}, {"layer/größe", counting({2, 1, 3})}, {"scalar", Tensor(Shape{}, 5.0F)}};
  const auto f = Hdf5File::open_image(encode_hdf5(arrays), "memory");
  CHECK(f->members("layer") == std::vector<std::string>{"block", "größe"});
  for (const auto& array : arrays) {
    const Tensor back = f->read(array.first);
    CHECK(back.shape() == array.second.shape());
    CHECK(std::memcmp(back.data(), array.second.data(),
                      static_cast<std::size_t>(back.size()) * sizeof(float)) == 0);
    CHECK(f->describe(array.first).dtype == "float32");
  }
}

TEST_CASE("the same arrays give the same bytes") {
  const auto bytes = [] { return encode_hdf5(Arrays{{"a/b", counting({50})}, {"a/c", noise({7, 7})}}); };
  CHECK(bytes() == bytes());
}

TEST_CASE("a file may have no arrays, and arrays may be empty") {
  CHECK(Hdf5File::open_image(encode_hdf5({}), "memory")->members("").empty());
  CHECK(Hdf5File::open_image(encode_hdf5(Arrays{{"none", Tensor(Shape{0, 3})}}), "memory")
            ->read("none")
            .shape() == Shape{0, 3});
}

TEST_CASE("names that exclude each other are output errors") {
  const Tensor t = counting({1});
  CHECK(error_of(
            [&] {
              encode_hdf5(Arrays{{"a", t}, {"a", t}});
            },
            ErrorKind::output) == "HDF5: an array named 'a' cannot be written");
  CHECK(error_of(
            [&] {
              encode_hdf5(Arrays{{"a", t}, {"a/b", t}});
            },
            ErrorKind::output)
            .find("'a/b'") != std::string::npos);
  CHECK(error_of([&] { encode_hdf5(Arrays{{"", t}}); }, ErrorKind::output).find("''") != std::string::npos);
}

}  // namespace nv::test
