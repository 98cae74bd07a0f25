#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cairn/data_lineage.h"
#include "store/store.h"
#include "support/errors.h"
#include "support/fixed_environment.h"
#include "support/temporary_folder.h"

namespace cairn::lineage {

/// A store of its own, at a time that moves when told, and a tracker over it.
class LineageTest : public ::testing::Test {
 protected:
  std::shared_ptr<store::Store> open() const {
    PipelineConfig config;
    config.output_data_path = folder_ / "out";
    config.temp_data_path = folder_ / "temp";
    return store::Store::open(config, store::Store::Mode::create, environment_);
  }

  /// `outputs` of `inputs`, a second later.
  LineageRun track(const std::string& id, const std::vector<std::string>& inputs,
                   const std::vector<std::string>& outputs) {
    clock().advance(std::chrono::seconds(1));
    return tracker_.track_transformation(id, inputs, outputs, "job");
  }

  cairn::testing::FixedClock& clock() const {
    return const_cast<cairn::testing::FixedClock&>(
        dynamic_cast<const cairn::testing::FixedClock&>(*environment_.clock));
  }
  int64_t now() const { return clock().now().time_since_epoch().count(); }

  static std::vector<std::string> texts(const std::vector<LineageNode>& nodes) {
    std::vector<std::string> texts;
    for (const LineageNode& node : nodes) texts.push_back(node.text());
    return texts;
  }
  static std::vector<std::string> texts(const LineageGraph& graph) { return texts(graph.nodes); }

  /// "raw@1 -> clean@1"
  static std::vector<std::string> edges(const LineageGraph& graph) {
    std::vector<std::string> edges;
    for (const auto& edge : graph.edges)
      edges.push_back(graph.nodes[edge.from].text() + " -> " + graph.nodes[edge.to].text());
    return edges;
  }

  cairn::testing::TemporaryFolder folder_;
  Environment environment_ = cairn::testing::fixed_environment();
  std::shared_ptr<store::Store> store_ = open();
  DataLineageTracker tracker_{store_};
};

using ::cairn::testing::error_kind_of;
using ::cairn::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

}  // namespace cairn::lineage
