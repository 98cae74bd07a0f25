#include <arrow/record_batch.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>

#include "data/content_digest.h"
#include "integrity/aligners.h"
#include "integrity/paired_reader.h"
#include "integrity/take_rows.h"

namespace cairn::integrity {
namespace {

// The first and the last rows that are always compared.
constexpr int64_t kMaxEnds = 64;

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every position gets its own number.
uint64_t mix(uint64_t seed, int64_t row) {
  uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (static_cast<uint64_t>(row) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Decides, row after row, what is compared: a uniform sample, the first rows, and those on both
// sides of a border between blocks, where off-by-one errors live.
class RowSampler {
 public:
  RowSampler(int64_t rows, uint64_t seed) : size_(rows), seed_(seed) {}

  int64_t ends() const { return std::min(kMaxEnds, size_); }

  bool wants(int64_t row) {
    const int64_t in_block = row % data::kBlockRows;
    const bool at_border = in_block == 0 || in_block == data::kBlockRows - 1;
    return is_drawn(row) || row < ends() || at_border;
  }

 private:
  // Whether the row is among those with the lowest numbers so far; those that are pushed out later
  // were compared as well, and do no harm.
  bool is_drawn(int64_t row) {
    const uint64_t number = mix(seed_, row);
    if (static_cast<int64_t>(lowest_.size()) == size_) {
      if (number >= lowest_.top()) return false;
      lowest_.pop();
    }
    lowest_.push(number);
    return true;
  }

  const int64_t size_;
  const uint64_t seed_;
  std::priority_queue<uint64_t> lowest_;
};

class SampleComparison {
 public:
  SampleComparison(TableComparison& comparison, int64_t rows, uint64_t seed)
      : comparison_(comparison), sampler_(rows, seed) {}

  void add(const AlignedRows& rows) {
    const int64_t first = *rows.names.first_row;
    std::vector<int64_t> chosen;
    for (int64_t row = 0; row < rows.original->num_rows(); ++row) {
      if (sampler_.wants(first + row)) chosen.push_back(row);
    }
    compare(rows, chosen);
    hold(rows, chosen);
  }

  // The last rows, which are known only now.
  void compare_tail() {
    for (const auto& [rows, chosen] : tail_) {
      std::vector<int64_t> others;
      const int64_t begin =
          std::max<int64_t>(0, rows_seen_ - sampler_.ends() - *rows.names.first_row);
      for (int64_t row = begin; row < rows.original->num_rows(); ++row) {
        if (!std::binary_search(chosen.begin(), chosen.end(), row)) others.push_back(row);
      }
      compare(rows, others);
    }
  }

  int64_t compared() const { return compared_; }

 private:
  void compare(const AlignedRows& rows, const std::vector<int64_t>& chosen) {
    if (chosen.empty()) return;
    compared_ += static_cast<int64_t>(chosen.size());
    AlignedRows sample;
    sample.original = take_rows(*rows.original, chosen);
    sample.exported = take_rows(*rows.exported, chosen);
    sample.names.name = [&](int64_t row) { return rows.names.name(chosen[row]); };
    comparison_.compare(sample);
  }

  // Keep as many of the batches seen last as hold the last rows, should these be the last.
  void hold(const AlignedRows& rows, std::vector<int64_t> chosen) {
    rows_seen_ = *rows.names.first_row + rows.original->num_rows();
    tail_.emplace_back(rows, std::move(chosen));
    while (tail_.size() > 1 && *tail_[1].first.names.first_row <= rows_seen_ - sampler_.ends())
      tail_.pop_front();
  }

  TableComparison& comparison_;
  RowSampler sampler_;
  std::deque<std::pair<AlignedRows, std::vector<int64_t>>> tail_;
  int64_t rows_seen_ = 0;
  int64_t compared_ = 0;
};

SampleFacts facts_of(int64_t rows, int64_t population, uint64_t seed) {
  const auto n = static_cast<double>(rows);
  SampleFacts facts;
  facts.rows = rows;
  facts.population = population;
  facts.seed = seed;
  facts.miss_one_percent = std::pow(1 - 0.01, n);
  facts.miss_one_permille = std::pow(1 - 0.001, n);
  facts.miss_single_row = std::pow(1 - 1.0 / static_cast<double>(population), n);
  return facts;
}

}  // namespace

void compare_by_position(const TablePair& tables, TableComparison& comparison) {
  PairedReader rows(tables);
  while (const auto aligned = rows.next()) comparison.compare(*aligned);
  rows.drain();
  comparison.count_rows(rows.original_rows(), rows.exported_rows());
}

std::optional<SampleFacts> compare_sample(const TablePair& tables, TableComparison& comparison,
                                          int64_t rows, uint64_t seed) {
  PairedReader reader(tables);
  SampleComparison sample(comparison, rows, seed);
  int64_t common = 0;
  while (const auto aligned = reader.next()) {
    sample.add(*aligned);
    common += aligned->original->num_rows();
  }
  sample.compare_tail();
  reader.drain();
  comparison.count_rows(reader.original_rows(), reader.exported_rows());
  if (sample.compared() == common) return std::nullopt;
  return facts_of(rows, common, seed);
}

}  // namespace cairn::integrity
