#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/json.h"
#include "cairn/data_lineage.h"
#include "cairn/error.h"
#include "data/logical_type.h"
#include "io/checksum.h"
#include "store/lineage_json.h"
#include "store/store.h"

namespace cairn {
namespace {

// OpenLineage 2-0-2 and its facets; docs/lineage.md has what becomes of what.
constexpr std::string_view kProducer = "urn:cairn:" CAIRN_VERSION;
constexpr std::string_view kSpec = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/";
constexpr std::string_view kJobNamespace = "cairn";

std::string event_time(int64_t micros) {
  return to_rfc3339(TimePoint(std::chrono::microseconds(micros)));
}

// `where` is the version and name of a facet's schema: "1-2-0/SchemaDatasetFacet".
Json facet(std::string_view where, Json members) {
  const std::string_view name = where.substr(where.find('/') + 1);
  members["_producer"] = kProducer;
  members["_schemaURL"] =
      fmt::format("https://openlineage.io/spec/facets/{}.json#/$defs/{}", where, name);
  return members;
}

Json own_facet(std::string_view name, Json members) {
  members["_producer"] = kProducer;
  members["_schemaURL"] = fmt::format("urn:cairn:facet:{}:1", name);
  return members;
}

// OpenLineage wants a UUID. An id that is none gets the one that its digest spells (version 8 of
// RFC 9562), the same wherever it is told.
std::string run_uuid(const std::string& id) {
  const auto is_uuid = [&] {
    if (id.size() != 36) return false;
    for (size_t i = 0; i < id.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? id[i] != '-' : std::isxdigit(static_cast<unsigned char>(id[i])) == 0) return false;
    }
    return true;
  };
  if (is_uuid()) return id;
  std::string hex = io::sha256_hex("cairn run " + id);
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

// "42-0123456789ab": the number, and enough of the digest to tell contents apart.
std::string version_text(const LineageNode& node) {
  const auto colon = node.digest.find(':');
  if (colon == node.digest.npos) return std::to_string(node.sequence);
  return fmt::format("{}-{}", node.sequence, node.digest.substr(colon + 1, 12));
}

Json field_of(const arrow::Field& field) {
  Json json = {{"name", field.name()}, {"type", data::logical_type(*field.type())}};
  return json;
}

class Events {
 public:
  explicit Events(store::Store& store) : store_(store) {}

  void add_run(const LineageRun& run) {
    Json start = run_event(run, "START", run.started);
    start["inputs"] = inputs_of(run);
    start["outputs"] = Json::array();
    add(start);
    if (run.state == RunState::RUNNING) return;
    // Consumers make versions of what the last event carries, so it carries everything.
    Json end = run_event(run, to_string(run.state), std::max(run.ended, run.started));
    end["inputs"] = inputs_of(run);
    end["outputs"] = outputs_of(run);
    add(end);
  }

  void add_dataset(const LineageNode& node) {
    add({{"eventTime", event_time(node.created)},
         {"producer", kProducer},
         {"schemaURL", std::string(kSpec) + "DatasetEvent"},
         {"dataset", dataset(node)}});
  }

  std::string take() { return std::move(lines_); }

 private:
  void add(const Json& event) { lines_ += to_canonical_json(event) + "\n"; }

  Json run_event(const LineageRun& run, std::string_view type, int64_t time) {
    Json json = {{"eventTime", event_time(time)},
                 {"eventType", type},
                 {"producer", kProducer},
                 {"schemaURL", std::string(kSpec) + "RunEvent"},
                 {"run", {{"runId", run_uuid(run.id)}, {"facets", run_facets(run)}}},
                 {"job",
                  {{"namespace", kJobNamespace},
                   {"name", run.job},
                   {"facets",
                    {{"jobType", facet("2-0-4/JobTypeJobFacet", {{"processingType", "BATCH"},
                                                                 {"integration", "CAIRN"},
                                                                 {"jobType", "JOB"}})}}}}}};
    const bool failed = type == "FAIL" || type == "ABORT";
    if (failed && !run.error.empty()) {
      json["run"]["facets"]["errorMessage"] =
          facet("1-0-1/ErrorMessageRunFacet",
                {{"message", run.error}, {"programmingLanguage", "UNKNOWN"}});
    }
    return json;
  }

  Json run_facets(const LineageRun& run) {
    Json facets = {
        {"processing_engine",
         facet("1-1-1/ProcessingEngineRunFacet", {{"name", "cairn"}, {"version", CAIRN_VERSION}})},
        {"cairn_run",
         own_facet("run",
                   {{"id", run.id}, {"kind", run.kind}, {"code_version", run.code_version}})}};
    if (!run.parameters.empty()) facets["executionParameters"] = parameters_of(run.parameters);
    if (!run.parent.empty()) {
      if (const auto parent = store_.catalog().lineage().find_run(run.parent)) {
        facets["parent"] = facet("1-2-0/ParentRunFacet",
                                 {{"run", {{"runId", run_uuid(parent->id)}}},
                                  {"job", {{"namespace", kJobNamespace}, {"name", parent->job}}}});
      }
    }
    return facets;
  }

  static Json parameters_of(const Value::Map& parameters) {
    Json list = Json::array();
    for (const auto& [name, value] : parameters) {
      const auto* text = std::get_if<std::string>(&value.get());
      list.push_back(
          {{"key", name}, {"name", name}, {"value", text != nullptr ? *text : value.to_json()}});
    }
    return facet("1-0-0/ExecutionParametersRunFacet", {{"parameters", list}});
  }

  Json dataset(const LineageNode& node) {
    Json facets = {{"version", facet("1-0-1/DatasetVersionDatasetFacet",
                                     {{"datasetVersion", version_text(node)}})}};
    if (!node.digest.empty()) {
      facets["cairn_fingerprint"] =
          own_facet("fingerprint", {{"digest", node.digest}, {"schema", node.schema}});
    }
    if (!node.metadata.empty()) {
      facets["cairn_metadata"] = own_facet(
          "metadata", {{"values", parse_json(Value(node.metadata).to_json(), "metadata")}});
    }
    if (!node.path.empty() && node.path != node.dataset.name) {
      facets["symlinks"] = facet(
          "1-0-1/SymlinksDatasetFacet",
          {{"identifiers",
            Json::array({{{"namespace", "file"}, {"name", node.path}, {"type", "LOCATION"}}})}});
    }
    if (const Json fields = fields_of(node); !fields.empty())
      facets["schema"] = facet("1-2-0/SchemaDatasetFacet", {{"fields", fields}});
    return {{"namespace", node.dataset.namespace_name},
            {"name", node.dataset.name},
            {"facets", facets}};
  }

  // Columns are known of what this store publishes: those of the first table.
  Json fields_of(const LineageNode& node) {
    Json fields = Json::array();
    if (node.dataset.namespace_name != LineageDataset().namespace_name) return fields;
    if (!store_.catalog().find(node.dataset.name, node.sequence)) return fields;
    const auto version = store_.catalog().load(node.dataset.name, node.sequence);
    if (version.table_rows.empty()) return fields;
    const auto schema = data::decode_schema(version.table_rows.front().schema);
    for (const auto& field : schema->fields()) fields.push_back(field_of(*field));
    return fields;
  }

  Json inputs_of(const LineageRun& run) {
    Json inputs = Json::array();
    for (const LineageNode& node : run.inputs) {
      Json input = dataset(node);
      if (Json counts = counts_of(node); !counts.empty())
        input["inputFacets"]["inputStatistics"] =
            facet("1-0-0/InputStatisticsInputDatasetFacet", std::move(counts));
      inputs.push_back(std::move(input));
    }
    return inputs;
  }

  Json outputs_of(const LineageRun& run) {
    Json outputs = Json::array();
    for (const LineageNode& node : run.outputs) {
      Json output = dataset(node);
      output["facets"]["lifecycleStateChange"] =
          facet("1-0-1/LifecycleStateChangeDatasetFacet",
                {{"lifecycleStateChange", node.sequence == 1 ? "CREATE" : "OVERWRITE"}});
      if (Json columns = columns_of(run, node.dataset); !columns.is_null())
        output["facets"]["columnLineage"] = std::move(columns);
      if (Json counts = counts_of(node); !counts.empty())
        output["outputFacets"]["outputStatistics"] =
            facet("1-0-2/OutputStatisticsOutputDatasetFacet", std::move(counts));
      outputs.push_back(std::move(output));
    }
    return outputs;
  }

  static Json counts_of(const LineageNode& node) {
    Json counts = Json::object();
    if (node.rows >= 0) counts["rowCount"] = node.rows;
    if (node.bytes >= 0) counts["size"] = node.bytes;
    return counts;
  }

  // An edge without an output column, like that of a filter, is about the whole dataset.
  static Json columns_of(const LineageRun& run, const LineageDataset& output) {
    Json fields = Json::object();
    Json whole = Json::array();
    for (const ColumnEdge& edge : run.columns) {
      if (LineageDataset::parse(edge.output_dataset) != output) continue;
      const LineageDataset input = LineageDataset::parse(edge.input_dataset);
      Json transformation = {{"type", edge.type}};
      if (!edge.subtype.empty()) transformation["subtype"] = edge.subtype;
      const Json source = {{"namespace", input.namespace_name},
                           {"name", input.name},
                           {"field", edge.input_column},
                           {"transformations", Json::array({transformation})}};
      if (edge.output_column.empty()) {
        whole.push_back(source);
      } else {
        fields[edge.output_column]["inputFields"].push_back(source);
      }
    }
    if (fields.empty() && whole.empty()) return nullptr;
    Json members = {{"fields", fields}};
    if (!whole.empty()) members["dataset"] = whole;
    return facet("1-2-0/ColumnLineageDatasetFacet", std::move(members));
  }

  store::Store& store_;
  std::string lines_;
};

}  // namespace

std::string DataLineageTracker::to_openlineage(const std::string& run) const {
  Events events(*store_);
  if (!run.empty()) {
    events.add_run(find_run(run));
    return events.take();
  }
  auto& rows = store_->catalog().lineage();
  auto unused = rows.orphans(0);
  std::for_each(unused.rbegin(), unused.rend(),
                [&](const auto& keyed) { events.add_dataset(keyed.node); });
  const auto runs = rows.runs("", 0);
  std::for_each(runs.rbegin(), runs.rend(), [&](const auto& each) { events.add_run(each); });
  return events.take();
}

}  // namespace cairn
