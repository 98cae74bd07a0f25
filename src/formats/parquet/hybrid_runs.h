#pragma once

#include <cstdint>
#include <span>

namespace arrow {
class BufferBuilder;
}

namespace cairn::formats {

/// The bits that number 0 to `highest` needs.
int bits_of(uint32_t highest);

/// Append `values`, each below 2^width, in Parquet's hybrid encoding: values that repeat as a run,
/// the others packed into `width` bits each.
///
/// Source   "RLE / bit-packing hybrid" of the Parquet format, Encodings.md.
void append_hybrid_runs(std::span<const uint32_t> values, int width, arrow::BufferBuilder& out);

/// Append `count` definition levels of a flat column, preceded by their length as data pages of
/// version 1 have them: 1 where the bit of `valid` from `first` on is set. `valid` may be null where
/// all of them are.
void append_definition_levels(const uint8_t* valid, int64_t first, int64_t count,
                              arrow::BufferBuilder& out);

}  // namespace cairn::formats
