#include "io/staged_file.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::io {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::TemporaryFolder;

StagedFile stage(const TemporaryFolder& folder) {
  return {folder / ".x.tmp", folder / "x.csv", {.sha256 = true}};
}

TEST(StagedFile, IsSeenUnderItsNameOnlyOncePublished) {
  const TemporaryFolder folder;
  StagedFile staged = stage(folder);
  staged.write("hello, ");
  staged.write("world");
  SealedFile sealed = std::move(staged).seal();
  EXPECT_FALSE(file_exists(folder / "x.csv"));
  EXPECT_EQ(read_file(sealed.staging_path(), 100), "hello, world");
  std::move(sealed).publish();
  EXPECT_EQ(read_file(folder / "x.csv", 100), "hello, world");
  EXPECT_FALSE(file_exists(folder / ".x.tmp"));
}

TEST(StagedFile, HasTheChecksumsOfItsBytes) {
  const TemporaryFolder folder;
  StagedFile staged = stage(folder);
  staged.write("abc");
  const SealedFile sealed = std::move(staged).seal();
  // RFC 1321, FIPS 180-4 and the xxHash reference for "abc".
  EXPECT_EQ(sealed.checksums().md5, "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(sealed.checksums().sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sealed.checksums().xxh3_128, "06b05ab6733a618578af5f94892f3950");
  EXPECT_EQ(sealed.checksums(), checksum_file(sealed.staging_path(), {.sha256 = true}));
}

TEST(StagedFile, HoldsWhatTheDiskWasGivenEarly) {
  const TemporaryFolder folder;
  StagedFile staged = stage(folder);
  for (int i = 0; i < 5; ++i) staged.write(std::string(5 << 20, static_cast<char>('a' + i)));
  const SealedFile sealed = std::move(staged).seal();
  EXPECT_EQ(sealed.bytes(), 25 << 20);
  EXPECT_EQ(sealed.checksums(), checksum_file(sealed.staging_path(), {.sha256 = true}));
}

TEST(StagedFile, LeavesNothingWhenItIsAbandoned) {
  const TemporaryFolder folder;
  { StagedFile staged = stage(folder); }
  EXPECT_FALSE(file_exists(folder / ".x.tmp"));
  { const SealedFile sealed = stage(folder).seal(); }
  EXPECT_FALSE(file_exists(folder / ".x.tmp"));
}

TEST(StagedFile, NeverReplacesAFile) {
  const TemporaryFolder folder;
  replace_file(folder / "x.csv", "mine");
  SealedFile sealed = stage(folder).seal();
  EXPECT_EQ(error_kind_of([&] { std::move(sealed).publish(); }), ErrorKind::already_exists);
  EXPECT_EQ(read_file(folder / "x.csv", 100), "mine");
}

TEST(StagedFile, DoesNotWriteThroughAFileThatStandsThere) {
  const TemporaryFolder folder;
  replace_file(folder / "target", "precious");
  std::filesystem::create_symlink(folder / "target", folder / ".x.tmp");
  EXPECT_EQ(error_kind_of([&] { stage(folder); }), ErrorKind::already_exists);
  EXPECT_EQ(read_file(folder / "target", 100), "precious");
}

TEST(StagedFile, CannotBePublishedUnsealed) {
  const auto publishable = []<typename File>(File&&) {
    return requires(File f) {
      std::move(f).publish();
    };
  };
  EXPECT_FALSE(publishable(stage(TemporaryFolder())));
  static_assert(!std::is_copy_constructible_v<SealedFile>);
}

TEST(ReplaceFile, UsesUpWhatACrashedOneLeft) {
  const TemporaryFolder folder;
  replace_file(folder / ".x.tmp", "half of what was once meant to be there, and more");
  replace_file(folder / "x", "new");
  EXPECT_EQ(read_file(folder / "x", 100), "new");
  EXPECT_FALSE(file_exists(folder / ".x.tmp"));
}

TEST(ReplaceFile, TakesABareName) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_NO_THROW(replace_file("x", "new"));
  std::filesystem::current_path(before);
  EXPECT_EQ(read_file(folder / "x", 100), "new");
}

TEST(ReplaceFile, LeavesTheOldFileWhenTheNewOneCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_kind_of([&] { replace_file(folder / "missing" / "x", "new"); }),
            ErrorKind::not_found);
  replace_file(folder / "x", "old");
  replace_file(folder / "x", "new");
  EXPECT_EQ(read_file(folder / "x", 100), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace cairn::io
