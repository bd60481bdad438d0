#include "nv/data/sample_export.h"

#include "nv/core/error.h"
#include "nv/core/regular_file.h"
#include "nv/data/npz.h"

namespace nv {

namespace {

Tensor load(const ListedSample& sample) {
  const FileName file = inside(sample.folder, sample.line.file);
  const std::unique_ptr<FileReader> reader = open_regular(file);
  FileStream bytes(*reader);
  HeadStream stream(bytes);
  return read_npy(stream, file.path).as_float();
}

/// All samples as one batch.
Tensor batch_of(std::span<const ListedSample> samples) {
  std::vector<Tensor> all;
  for (const ListedSample& s : samples) {
    all.push_back(load(s));
    if (all.back().shape() != all[0].shape())
      throw_input("{}: {} is {}, but {} is {}: only samples of one size make one array", s.folder, s.line.id,
                  all.back().shape().str(), samples[0].line.id, all[0].shape().str());
  }
  return stack(all);
}

std::int64_t class_of(const SampleValues& values, const std::string& field) {
  const auto at = values.find(field);
  const double* number = at == values.end() ? nullptr : std::get_if<double>(&at->second);
  return number == nullptr || !(std::abs(*number) < 1e15) ? -1 : static_cast<std::int64_t>(*number);
}

}  // namespace

Bytes samples_npz(std::span<const ListedSample> samples) {
  if (samples.empty()) throw Error(ErrorKind::input, "no sample is chosen: an .npz needs one");
  std::vector<std::int64_t> labels, predictions;
  std::vector<std::string> ids, methods, origins;
  for (const ListedSample& s : samples) {
    labels.push_back(s.line.label.value_or(-1));
    predictions.push_back(class_of(s.values, "prediction.index"));
    ids.push_back(s.line.id);
    methods.push_back(s.line.method);
    origins.push_back(s.line.origin);
  }
  const std::vector<std::pair<std::string, Bytes>> files{
      {"x", encode_npy(batch_of(samples))},    {"label", encode_npy(labels)},
      {"prediction", encode_npy(predictions)}, {"id", encode_npy(ids)},
      {"method", encode_npy(methods)},         {"origin", encode_npy(origins)}};
  return pack_npz(files);
}

}  // namespace nv
