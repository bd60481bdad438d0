// All metrics of nv rank. A new metric is a file here that defines `Metric NAME()`, and a line in this list.
#pragma once

#include "nv/analysis/rank/metric.h"

/// Expands METRIC(NAME) for each metric, in the order of the help.
#define NV_RANK_METRICS(METRIC) \
  /* uncertainty */             \
  METRIC(gini)                  \
  METRIC(entropy)               \
  METRIC(margin)                \
  METRIC(least_confidence)      \
  /* distance */                \
  METRIC(dsa)                   \
  METRIC(lsa)                   \
  METRIC(mdsa)                  \
  METRIC(datis)                 \
  METRIC(datis_select)          \
  /* similarity */              \
  METRIC(cosine)                \
  METRIC(l2)                    \
  /* coverage */                \
  METRIC(nc)                    \
  METRIC(nc_cam)                \
  METRIC(kmnc)                  \
  METRIC(kmnc_cam)              \
  METRIC(nbc)                   \
  METRIC(nbc_cam)               \
  METRIC(snac)                  \
  METRIC(snac_cam)              \
  METRIC(tknc)                  \
  METRIC(tknc_cam)

namespace nv::rank {

#define NV_DECLARE(name) Metric name();
NV_RANK_METRICS(NV_DECLARE)
#undef NV_DECLARE

}  // namespace nv::rank
