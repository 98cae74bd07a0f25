#include "catalog/sql_catalog.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

EventRow read_event(const Rows& rows) {
  EventRow event;
  event.id = rows.integer(0);
  event.time = from_micros(rows.integer(1));
  event.dataset = rows.text(2);
  event.version = rows.integer(3);
  event.kind = rows.text(4);
  event.details = parse_json(rows.text(5), "the details of an event");
  return event;
}

}  // namespace

void SqlCatalog::record(const EventRow& event) {
  const std::string details = json_text(event.details, "the details of an event");
  session_.write([&](Connection& connection) {
    connection.execute(
        "INSERT INTO event (happened, dataset, version, kind, details) VALUES (?, ?, ?, ?, ?)",
        {to_micros(event.time), event.dataset, event.version, event.kind, details});
  });
}

std::vector<EventRow> SqlCatalog::events(std::string_view dataset, int64_t limit) {
  return session_.use([&](Connection& connection) {
    constexpr std::string_view kAll =
        "SELECT id, happened, dataset, version, kind, details FROM event"
        " ORDER BY id DESC LIMIT ?";
    constexpr std::string_view kOfDataset =
        "SELECT id, happened, dataset, version, kind, details FROM event"
        " WHERE dataset = ? ORDER BY id DESC LIMIT ?";
    const auto rows = dataset.empty()
                          ? connection.query(kAll, {limit_or_all(limit)})
                          : connection.query(kOfDataset, {dataset, limit_or_all(limit)});
    std::vector<EventRow> events;
    while (rows->next()) events.push_back(read_event(*rows));
    return events;
  });
}

}  // namespace cairn::catalog
