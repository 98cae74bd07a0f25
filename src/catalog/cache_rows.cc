#include <fmt/format.h>

#include "catalog/cache_index.h"

namespace cairn::catalog {
namespace {

// In the order in which to_row reads them.
constexpr std::string_view kColumns =
    "id, key, process, step, state, form, digest, checksum, inode, modified, file_bytes,"
    " disk_bytes, row_count, cost, created, expires, last_used, hits, pinned, weak, frequency,"
    " used_at, score, left_at, evicted_before, identity";

CacheRow to_row(const Rows& rows) {
  int column = 0;
  const auto integer = [&] { return rows.integer(column++); };
  const auto text = [&] { return rows.text(column++); };
  CacheRow row;
  row.id = integer();
  row.key = text();
  row.process = text();
  row.step = text();
  row.state = text();
  row.form = text();
  row.digest = text();
  row.checksum = text();
  row.inode = integer();
  row.modified = integer();
  row.file_bytes = integer();
  row.disk_bytes = integer();
  row.rows = integer();
  row.cost = integer();
  row.created = integer();
  row.expires = integer();
  row.last_used = integer();
  row.hits = integer();
  row.pinned = integer() != 0;
  row.weak = integer() != 0;
  row.frequency = integer();
  row.used_at = integer();
  row.score = integer();
  row.left = integer();
  row.evicted_before = integer();
  row.identity = text();
  return row;
}

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM entry {}", kColumns, rest);
}

// Keys are lower-case hex, so that this is above every key with the prefix and below all others.
std::string after_prefix(const std::string& prefix) {
  return prefix + 'g';
}

}  // namespace

std::vector<CacheRow> CacheRows::rows_of(std::string_view sql, Values parameters) {
  std::vector<CacheRow> found;
  for (const auto rows = connection_.query(sql, parameters); rows->next();)
    found.push_back(to_row(*rows));
  return found;
}

std::optional<CacheRow> CacheRows::find(std::string_view key) {
  static const std::string sql = select("WHERE key = ?");
  const auto rows = connection_.query(sql, {key});
  if (!rows->next()) return std::nullopt;
  return to_row(*rows);
}

void CacheRows::count_kept(const CacheRow& row, int64_t sign) {
  if (row.state != "kept") {
    add("gone", sign);
    return;
  }
  add("entries", sign);
  add("bytes", sign * row.disk_bytes);
  if (row.pinned) add("pinned_bytes", sign * row.disk_bytes);
  if (row.weak) add("weak_entries", sign);
}

void CacheRows::insert(const CacheRow& row) {
  if (const auto old = find(row.key)) erase(*old);
  static const std::string sql =
      fmt::format("INSERT INTO entry ({}) VALUES (?{}) RETURNING id",
                  kColumns.substr(std::string_view("id, ").size()),
                  ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?");
  int64_t id = 0;
  {
    const auto rows = connection_.query(
        sql, {row.key,      row.process,         row.step,          row.state,
              row.form,     row.digest,          row.checksum,      row.inode,
              row.modified, row.file_bytes,      row.disk_bytes,    row.rows,
              row.cost,     row.created,         row.expires,       row.last_used,
              row.hits,     int64_t{row.pinned}, int64_t{row.weak}, row.frequency,
              row.used_at,  row.score,           row.left,          row.evicted_before,
              row.identity});
    rows->next();
    id = rows->integer(0);
  }
  for (const std::string& factor : row.factors)
    connection_.execute("INSERT OR IGNORE INTO factor (hash, entry_id) VALUES (?, ?)",
                        {Bytes{factor}, id});
  count_kept(row, 1);
}

void CacheRows::erase(const CacheRow& row) {
  connection_.execute("DELETE FROM factor WHERE entry_id = ?", {row.id});
  connection_.execute("DELETE FROM entry WHERE id = ?", {row.id});
  count_kept(row, -1);
}

void CacheRows::leave(const CacheRow& row, std::string_view state, int64_t now,
                      int64_t evicted_before) {
  connection_.execute(
      "UPDATE entry SET state = ?, left_at = ?, evicted_before = ?, pinned = 0 WHERE id = ?",
      {state, now, evicted_before, row.id});
  count_kept(row, -1);
  add("gone", 1);
}

void CacheRows::touch(const CacheRow& row) {
  connection_.execute(
      "UPDATE entry SET hits = ?, last_used = ?, frequency = ?, used_at = ?, score = ?"
      " WHERE id = ?",
      {row.hits, row.last_used, row.frequency, row.used_at, row.score, row.id});
}

void CacheRows::pin(const CacheRow& row, bool pinned) {
  if (row.pinned == pinned) return;
  connection_.execute("UPDATE entry SET pinned = ? WHERE id = ?", {int64_t{pinned}, row.id});
  add("pinned_bytes", pinned ? row.disk_bytes : -row.disk_bytes);
}

std::vector<CacheRow> CacheRows::lowest(int64_t limit) {
  static const std::string sql =
      select("WHERE state = 'kept' AND pinned = 0 ORDER BY score, id LIMIT ?");
  return rows_of(sql, {limit});
}

std::vector<CacheRow> CacheRows::expired(int64_t now, int64_t limit) {
  static const std::string sql = select(
      "WHERE state = 'kept' AND pinned = 0 AND expires > 0 AND expires <= ?"
      " ORDER BY expires LIMIT ?");
  return rows_of(sql, {now, limit});
}

std::vector<CacheRow> CacheRows::list(const CacheFilter& filter) {
  const int64_t limit = filter.limit > 0 ? filter.limit : INT64_MAX;
  if (!filter.key_prefix.empty()) {
    static const std::string by_key = select(
        "WHERE state = 'kept' AND key >= ? AND key < ? AND (? = '' OR process = ?)"
        " AND (? = '' OR step = ?) ORDER BY last_used DESC, id DESC LIMIT ?");
    return rows_of(by_key, {filter.key_prefix, after_prefix(filter.key_prefix), filter.process,
                            filter.process, filter.step, filter.step, limit});
  }
  static const std::string by_use = select(
      "WHERE state = 'kept' AND (? = '' OR process = ?) AND (? = '' OR step = ?)"
      " ORDER BY last_used DESC, id DESC LIMIT ?");
  return rows_of(by_use, {filter.process, filter.process, filter.step, filter.step, limit});
}

std::vector<CacheRow> CacheRows::of_step(std::string_view process, std::string_view step,
                                         int64_t limit) {
  static const std::string sql =
      select("WHERE process = ? AND step = ? ORDER BY last_used DESC, id DESC LIMIT ?");
  return rows_of(sql, {process, step, limit});
}

std::vector<CacheRow> CacheRows::differing_by(std::string_view factor) {
  static const std::string sql = select(
      "WHERE id IN (SELECT entry_id FROM factor WHERE hash = ? ORDER BY entry_id DESC LIMIT 16)"
      " ORDER BY id DESC");
  return rows_of(sql, {Bytes{factor}});
}

void CacheRows::forget_gone(int64_t limit) {
  static const std::string sql = select("WHERE state <> 'kept' ORDER BY left_at, id LIMIT ?");
  const int64_t excess = counter("gone") - limit;
  if (excess <= 0) return;
  for (const CacheRow& row : rows_of(sql, {excess})) erase(row);
}

void CacheRows::reserve(const CacheReservation& reservation) {
  connection_.execute("INSERT INTO reservation (id, key, bytes) VALUES (?, ?, ?)",
                      {reservation.id, reservation.key, reservation.bytes});
  add("reserved", reservation.bytes);
}

bool CacheRows::change_reservation(int64_t id, int64_t more_bytes) {
  if (connection_.execute("UPDATE reservation SET bytes = bytes + ? WHERE id = ?",
                          {more_bytes, id}) == 0)
    return false;
  add("reserved", more_bytes);
  return true;
}

void CacheRows::release(const CacheReservation& reservation) {
  if (connection_.execute("DELETE FROM reservation WHERE id = ?", {reservation.id}) > 0)
    add("reserved", -reservation.bytes);
}

std::optional<CacheReservation> CacheRows::find_reservation(int64_t id) {
  const auto rows = connection_.query("SELECT key, bytes FROM reservation WHERE id = ?", {id});
  if (!rows->next()) return std::nullopt;
  return CacheReservation{id, rows->text(0), rows->integer(1)};
}

std::vector<CacheReservation> CacheRows::reservations() {
  std::vector<CacheReservation> found;
  for (const auto rows = connection_.query("SELECT id, key, bytes FROM reservation", {});
       rows->next();)
    found.push_back({rows->integer(0), rows->text(1), rows->integer(2)});
  return found;
}

int64_t CacheRows::counter(std::string_view name) {
  const auto rows = connection_.query("SELECT value FROM counter WHERE name = ?", {name});
  return rows->next() ? rows->integer(0) : 0;
}

void CacheRows::add(std::string_view name, int64_t delta) {
  if (delta == 0) return;
  connection_.execute(
      "INSERT INTO counter (name, value) VALUES (?, ?)"
      " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
      {name, delta});
}

void CacheRows::set(std::string_view name, int64_t value) {
  connection_.execute(
      "INSERT INTO counter (name, value) VALUES (?, ?)"
      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {name, value});
}

std::map<std::string, int64_t> CacheRows::counters() {
  std::map<std::string, int64_t> counters;
  for (const auto rows = connection_.query("SELECT name, value FROM counter", {}); rows->next();)
    counters.emplace(rows->text(0), rows->integer(1));
  return counters;
}

}  // namespace cairn::catalog
