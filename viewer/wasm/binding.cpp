// The functions that the page's worker calls (viewer/src/wasm.ts): memory for a request, and a question.
// Requests are JSON and a block of bytes; answers are JSON, with arrays by their places in memory.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/view/session.h"

namespace {

using nv::view::Json;
using nv::view::Reply;

nv::view::Session session;
Reply reply;       // the last one: the worker reads it before it asks again
std::string text;  // of its JSON

constexpr std::size_t most_depth = 200;  // of a request

Json arrays_json(const Reply& r) {
  Json list = Json::array();
  for (const Reply::Array& a : r.arrays)
    list.push_back({{"type", a.type == Reply::Type::float32 ? "float32" : "bytes"},
                    {"at", reinterpret_cast<std::uintptr_t>(a.bytes.data())},
                    {"size", a.bytes.size()}});
  return list;
}

Json error_json(std::string_view what, std::string_view hint) {
  return {{"error", {{"message", nv::one_line(what)}, {"hint", nv::one_line(hint)}}}};
}

extern "C" void nv_progress(double share) __attribute__((import_module("env"), import_name("nv_progress")));

Json answer(std::string_view request, std::span<const std::byte> data) {
  try {
    if (nv::json_depth(request) > most_depth) return error_json("a request is nested too deeply", "");
    reply = session.ask(Json::parse(request), data, nv_progress);
    return {{"answer", std::move(reply.json)}, {"arrays", arrays_json(reply)}};
  } catch (const nv::Error& e) {
    return error_json(e.what(), e.hint());
  } catch (const std::bad_alloc&) {
    return error_json("the browser gives no more memory", "a smaller model, or fewer samples");
  } catch (const std::exception& e) {
    return error_json(e.what(), "");
  }
}

}  // namespace

/// Memory for a request and its data.
extern "C" void* nv_allocate(std::size_t bytes) {
  return std::malloc(bytes);
}

extern "C" void nv_release(void* block) {
  std::free(block);
}

/// The JSON of an answer.
struct Answer {
  const char* text;
  std::size_t size;
};

/// Answers a request. The result is valid until the next call.
extern "C" const Answer* nv_ask(const char* request, std::size_t size, const std::byte* data,
                                std::size_t data_size) {
  static Answer result;
  reply = {};
  text = answer({request, size}, {data, data_size}).dump(-1, ' ', false, Json::error_handler_t::replace);
  result = {text.data(), text.size()};
  return &result;
}
