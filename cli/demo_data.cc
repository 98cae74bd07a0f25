#include "demo_data.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "data/arrow_error.h"

namespace cairn::cli {
namespace {

constexpr int64_t kCustomers = 20000;
constexpr int64_t kProducts = 3000;
constexpr int64_t kOrders = 70000;
constexpr int64_t kItems = 200000;
constexpr int64_t kReviews = 30000;

constexpr int64_t kFirstCorrectedItem = 150000;
constexpr int64_t kCorrectedItems = 3;
constexpr int64_t kCorrectedReview = 4711;

constexpr int64_t kDay = 86400;
constexpr int64_t kOpening = 1704067200;  // 2024-01-01T00:00:00Z, in seconds
constexpr int64_t kDaysOpen = 730;

constexpr std::array<std::string_view, 16> kGivenNames{
    "Ana",  "João",  "Zoë",   "Søren",  "Łukasz", "Chloé", "Müge",   "Nuño",
    "Inês", "Bjørn", "Renée", "Jürgen", "Maria",  "Tomás", "Sinéad", "Aino"};
constexpr std::array<std::string_view, 16> kFamilyNames{
    "Silva",   "O'Brien", "Müller",   "Nguyễn", "García",  "Dvořák", "Åberg",   "d'Arcy",
    "Pereira", "Öztürk",  "Kowalska", "Smith",  "Le Goff", "Santos", "Nyström", "Ferreira"};
constexpr std::array<std::string_view, 8> kCities{
    "São Paulo", "Lisboa", "Köln", "Málaga", "Århus", "Kraków", "Bengaluru", "Saint-Étienne"};
constexpr std::array<std::string_view, 10> kCategories{
    "garden",      "kitchen", "toys",  "books", "bath & bed",
    "electronics", "sports",  "music", "pets",  "stationery"};
constexpr std::array<std::string_view, 5> kStatuses{"created", "paid", "shipped", "delivered",
                                                    "returned"};
constexpr std::array<std::string_view, 8> kThings{"lamp",    "kettle", "notebook", "headphones",
                                                  "blanket", "puzzle", "trowel",   "café table"};
constexpr std::array<std::string_view, 8> kTraits{"blue",        "6\" wide",   "large, folding",
                                                  "\"classic\"", "crème",      "waterproof",
                                                  "N° 5",        "second-hand"};
constexpr std::array<std::string_view, 8> kOpinions{
    "Arrived on time, works as described.",
    "\"Perfect\" is the word, my daughter loves it!",
    "Good value, but the box was damaged,\nand one screw was missing.",
    "Não gostei da cor, é mais escura do que na foto.",
    "Très bien, merci beaucoup ; je recommande.",
    "Broke after 3 days :-(\r\nAsked for my money back.",
    "Größer als gedacht, aber schön.",
    "=SUM(joy) five stars"};

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). The distributions of <random> are not the same
// in every library, so numbers are drawn from the bits here; and never two within one call, whose
// arguments are evaluated in any order.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  int64_t below(int64_t limit) {
    return static_cast<int64_t>(next() % static_cast<uint64_t>(limit));
  }
  bool chance(int percent) { return below(100) < percent; }

  template <size_t N>
  std::string_view pick(const std::array<std::string_view, N>& choices) {
    return choices[static_cast<size_t>(below(N))];
  }

 private:
  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

constexpr const char* kMaking = "make the demo data";

// One column of a table being made.
template <typename Builder>
class Column {
 public:
  template <typename... Arguments>
  explicit Column(const Arguments&... arguments) : builder_(arguments...) {}

  template <typename Value>
  void add(const Value& value) {
    check(builder_.Append(value), kMaking);
  }
  void add_null() { check(builder_.AppendNull(), kMaking); }

  std::shared_ptr<arrow::Array> finish() {
    std::shared_ptr<arrow::Array> array;
    check(builder_.Finish(&array), kMaking);
    return array;
  }

 private:
  Builder builder_;
};

using Int64Column = Column<arrow::Int64Builder>;
using Int32Column = Column<arrow::Int32Builder>;
using Int8Column = Column<arrow::Int8Builder>;
using DoubleColumn = Column<arrow::DoubleBuilder>;
using TextColumn = Column<arrow::StringBuilder>;
using DateColumn = Column<arrow::Date32Builder>;
using CategoryColumn = Column<arrow::StringDictionary32Builder>;

class MoneyColumn : public Column<arrow::Decimal128Builder> {
 public:
  MoneyColumn() : Column(arrow::decimal128(11, 2)) {}
  void add_cents(int64_t cents) { add(arrow::Decimal128(cents)); }
};

class TimeColumn : public Column<arrow::TimestampBuilder> {
 public:
  explicit TimeColumn(const std::string& zone)
      : Column(arrow::timestamp(arrow::TimeUnit::MICRO, zone), arrow::default_memory_pool()) {}
  void add_seconds(int64_t seconds, int64_t micros) { add(seconds * 1000000 + micros); }
};

struct NamedColumn {
  std::string name;
  std::shared_ptr<arrow::Array> values;
};

DemoTable make_table(const std::string& name, const std::vector<NamedColumn>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const NamedColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type()));
    arrays.push_back(column.values);
  }
  const int64_t rows = arrays.front()->length();
  return {name, arrow::RecordBatch::Make(arrow::schema(fields), rows, arrays)};
}

// The price of a product follows from its number, so that items and products agree.
int64_t list_price_cents(int64_t product) {
  return 199 + (product * 7919) % 24800;
}

DemoTable make_customers() {
  Dice dice(1);
  Int64Column id;
  TextColumn name, note;
  CategoryColumn city;
  DateColumn born;
  TimeColumn joined("UTC");
  for (int64_t i = 0; i < kCustomers; ++i) {
    id.add(i + 1);
    const std::string_view given = dice.pick(kGivenNames);
    name.add(fmt::format("{} {}", given, dice.pick(kFamilyNames)));
    city.add(dice.pick(kCities));
    dice.chance(30) ? born.add_null() : born.add(static_cast<int32_t>(dice.below(14600) - 3650));
    const int64_t when = kOpening + dice.below(kDaysOpen * kDay);
    joined.add_seconds(when, dice.below(1000000));
    // "Nothing is known" and "the field was left empty" are not the same.
    dice.chance(50)   ? note.add_null()
    : dice.chance(50) ? note.add("")
                      : note.add("prefers e-mail, \"no calls\"");
  }
  return make_table("customers", {{"customer_id", id.finish()},
                                  {"name", name.finish()},
                                  {"city", city.finish()},
                                  {"born", born.finish()},
                                  {"joined", joined.finish()},
                                  {"note", note.finish()}});
}

DemoTable make_products() {
  Dice dice(2);
  Int64Column id;
  TextColumn sku, title;
  CategoryColumn category;
  MoneyColumn price;
  Int32Column grams;
  for (int64_t i = 0; i < kProducts; ++i) {
    id.add(i + 1);
    sku.add(fmt::format("{:06}", (i + 1) * 37));  // digits that are not a number
    const std::string_view thing = dice.pick(kThings);
    title.add(fmt::format("{}, {}", thing, dice.pick(kTraits)));
    category.add(dice.pick(kCategories));
    price.add_cents(list_price_cents(i + 1));
    dice.chance(10) ? grams.add_null() : grams.add(static_cast<int32_t>(50 + dice.below(9000)));
  }
  return make_table("products", {{"product_id", id.finish()},
                                 {"sku", sku.finish()},
                                 {"title", title.finish()},
                                 {"category", category.finish()},
                                 {"price", price.finish()},
                                 {"weight_g", grams.finish()}});
}

DemoTable make_orders() {
  Dice dice(3);
  Int64Column id, customer;
  CategoryColumn status;
  TimeColumn placed("America/Sao_Paulo"), delivered("America/Sao_Paulo");
  MoneyColumn freight;
  TextColumn coupon;
  for (int64_t i = 0; i < kOrders; ++i) {
    id.add(i + 1);
    customer.add(1 + dice.below(kCustomers));
    const std::string_view state = dice.pick(kStatuses);
    status.add(state);
    const int64_t when = kOpening + i * kDaysOpen * kDay / kOrders;
    placed.add_seconds(when, dice.below(1000000));
    state == "delivered" ? delivered.add_seconds(when + dice.below(20 * kDay), 0)
                         : delivered.add_null();
    freight.add_cents(dice.below(3000));
    dice.chance(80)   ? coupon.add_null()
    : dice.chance(50) ? coupon.add("")
                      : coupon.add("SPRING-10");
  }
  return make_table("orders", {{"order_id", id.finish()},
                               {"customer_id", customer.finish()},
                               {"status", status.finish()},
                               {"placed", placed.finish()},
                               {"delivered", delivered.finish()},
                               {"freight", freight.finish()},
                               {"coupon", coupon.finish()}});
}

DemoTable make_order_items(bool corrected) {
  Dice dice(4);
  Int64Column order, product;
  Int32Column quantity;
  MoneyColumn unit_price;
  DoubleColumn discount;
  for (int64_t i = 0; i < kItems; ++i) {
    order.add(1 + i * kOrders / kItems);
    const int64_t bought = 1 + dice.below(kProducts);
    product.add(bought);
    const bool wrong = i >= kFirstCorrectedItem && i < kFirstCorrectedItem + kCorrectedItems;
    unit_price.add_cents(list_price_cents(bought) * (wrong && !corrected ? 100 : 1));
    quantity.add(static_cast<int32_t>(1 + dice.below(4)));
    dice.chance(60) ? discount.add_null()
                    : discount.add(static_cast<double>(dice.below(400)) / 1000);
  }
  return make_table("order_items", {{"order_id", order.finish()},
                                    {"product_id", product.finish()},
                                    {"quantity", quantity.finish()},
                                    {"unit_price", unit_price.finish()},
                                    {"discount", discount.finish()}});
}

DemoTable make_reviews(bool corrected) {
  Dice dice(5);
  Int64Column id, order;
  Int8Column stars;
  TextColumn text;
  DateColumn written;
  for (int64_t i = 0; i < kReviews; ++i) {
    id.add(i + 1);
    order.add(1 + dice.below(kOrders));
    const int64_t given = 1 + dice.below(5);
    stars.add(static_cast<int8_t>(i == kCorrectedReview && !corrected ? 55 : given));
    dice.chance(20) ? text.add_null() : text.add(dice.pick(kOpinions));
    written.add(static_cast<int32_t>(kOpening / kDay + dice.below(kDaysOpen)));
  }
  return make_table("reviews", {{"review_id", id.finish()},
                                {"order_id", order.finish()},
                                {"stars", stars.finish()},
                                {"text", text.finish()},
                                {"written", written.finish()}});
}

}  // namespace

std::vector<DemoTable> make_demo_shop(bool corrected) {
  return {make_order_items(corrected), make_orders(), make_customers(), make_products(),
          make_reviews(corrected)};
}

}  // namespace cairn::cli
