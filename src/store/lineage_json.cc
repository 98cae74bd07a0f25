#include "store/lineage_json.h"

#include "base/clock.h"

namespace cairn::store {
namespace {

Json time_text(int64_t micros) {
  if (micros == 0) return nullptr;
  return to_rfc3339(TimePoint(std::chrono::microseconds(micros)));
}

Json known(int64_t number) {
  return number < 0 ? Json() : Json(number);
}

Json to_json(const Value::Map& map) {
  return parse_json(Value(map).to_json(), "metadata");
}

Json texts_of(const std::vector<LineageNode>& nodes) {
  Json texts = Json::array();
  for (const LineageNode& node : nodes) texts.push_back(node.text());
  return texts;
}

Json to_json(const ColumnEdge& column) {
  return {{"input_dataset", column.input_dataset},
          {"input_column", column.input_column},
          {"output_dataset", column.output_dataset},
          {"output_column", column.output_column},
          {"type", column.type},
          {"subtype", column.subtype}};
}

}  // namespace

Json to_json(const LineageNode& node) {
  return {{"id", node.text()},
          {"namespace", node.dataset.namespace_name},
          {"name", node.dataset.name},
          {"version", node.sequence},
          {"digest", node.digest},
          {"schema_fingerprint", node.schema},
          {"rows", known(node.rows)},
          {"bytes", known(node.bytes)},
          {"path", node.path},
          {"metadata", to_json(node.metadata)},
          {"created", time_text(node.created)},
          {"failed_check", node.failed_check}};
}

Json to_json(const LineageRun& run) {
  Json columns = Json::array();
  for (const ColumnEdge& column : run.columns) columns.push_back(to_json(column));
  return {{"id", run.id},
          {"job", run.job},
          {"kind", run.kind},
          {"state", to_string(run.state)},
          {"parent", run.parent},
          {"code_version", run.code_version},
          {"parameters", to_json(run.parameters)},
          {"error", run.error},
          {"started", time_text(run.started)},
          {"ended", time_text(run.ended)},
          {"inputs", texts_of(run.inputs)},
          {"outputs", texts_of(run.outputs)},
          {"columns", columns}};
}

}  // namespace cairn::store
