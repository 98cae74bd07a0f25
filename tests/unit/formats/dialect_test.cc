#include "formats/csv/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cairn/error.h"

namespace cairn::formats {
namespace {

using testing::HasSubstr;

CsvDialect with_null_token(const std::string& token) {
  CsvDialect dialect;
  dialect.null_token = token;
  return dialect;
}

ErrorKind refusal_of(const CsvDialect& dialect) {
  try {
    dialect.validate();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "accepted " << to_json(dialect);
  return ErrorKind::internal;
}

TEST(CsvDialect, AcceptsTheDelimitersPeopleUse) {
  for (const char delimiter : {',', ';', '\t', '|', '\x1F', '\x01'}) {
    CsvDialect dialect;
    dialect.delimiter = delimiter;
    EXPECT_NO_THROW(dialect.validate());
  }
}

TEST(CsvDialect, RefusesADelimiterThatOccursInUnquotedValues) {
  for (const char delimiter :
       {'"', '\n', '\r', '\0', '0', 'e', '-', '+', '.', ':', '/', '=', ' '}) {
    CsvDialect dialect;
    dialect.delimiter = delimiter;
    EXPECT_EQ(refusal_of(dialect), ErrorKind::invalid_argument) << delimiter;
  }
}

TEST(CsvDialect, AcceptsTheNullTokensPeopleUse) {
  for (const char* token : {"", "\\N", "NULL", "null", "NA", "n/a", "-", "None", "#N/A"})
    EXPECT_NO_THROW(with_null_token(token).validate()) << token;
}

TEST(CsvDialect, RefusesANullTokenThatCouldNotBeReadBack) {
  for (const char* token : {"a,b", "\"", "a\nb", " x", "x ", "\xFF", "a\tb"})
    EXPECT_EQ(refusal_of(with_null_token(token)), ErrorKind::invalid_argument) << token;
  EXPECT_EQ(refusal_of(with_null_token(std::string(65, 'x'))), ErrorKind::invalid_argument);
}

TEST(CsvDialect, RefusesANullTokenThatLooksLikeAValue) {
  for (const char* token : {"0", "-1", "+1", ".5", "true", "NaN", "-INF", "[]", "{}", "'x"})
    EXPECT_EQ(refusal_of(with_null_token(token)), ErrorKind::invalid_argument) << token;
}

TEST(CsvDialect, ComesBackFromItsJson) {
  CsvDialect dialect;
  dialect.delimiter = '\t';
  dialect.crlf = true;
  dialect.quoting = CsvDialect::Quoting::all;
  dialect.header = false;
  dialect.bom = true;
  dialect.null_token = "\\N";
  dialect.formula_policy = FormulaPolicy::escape;
  EXPECT_EQ(csv_dialect_from_json(to_json(dialect)), dialect);
  EXPECT_EQ(csv_dialect_from_json(to_json(CsvDialect{})), CsvDialect{});
}

TEST(CsvDialect, NamesTheMemberThatItsJsonLacks) {
  Json json = to_json(CsvDialect{});
  json.erase("crlf");
  try {
    csv_dialect_from_json(json);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_THAT(error.what(), HasSubstr("'crlf'"));
  }
}

TEST(CsvDialect, RefusesJsonOfTheWrongType) {
  Json json = to_json(CsvDialect{});
  json["delimiter"] = 7;
  EXPECT_THROW(csv_dialect_from_json(json), Error);
  json["delimiter"] = ",,";
  EXPECT_THROW(csv_dialect_from_json(json), Error);
  EXPECT_THROW(csv_dialect_from_json(Json::array()), Error);
}

TEST(Format, IsTheTextOfConfigurations) {
  EXPECT_EQ(parse_format("csv"), Format::csv);
  EXPECT_EQ(parse_format("parquet"), Format::parquet);
  EXPECT_EQ(to_string(Format::parquet), "parquet");
  EXPECT_THROW(parse_format("CSV"), Error);
}

TEST(FormulaPolicy, IsTheTextOfConfigurations) {
  for (const FormulaPolicy policy :
       {FormulaPolicy::keep, FormulaPolicy::escape, FormulaPolicy::reject})
    EXPECT_EQ(parse_formula_policy(to_string(policy)), policy);
  EXPECT_THROW(parse_formula_policy(""), Error);
}

}  // namespace
}  // namespace cairn::formats
