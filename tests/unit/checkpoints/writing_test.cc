// Who may save, what is refused, what is left behind, and saving in the background.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "catalog/checkpoint_rows.h"
#include "io/machine.h"
#include "support/checkpoint_store.h"
#include "support/errors.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using testing::error_kind_of;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WritingTest : public testing::CheckpointStore {
 protected:
  // Everything in the folder of checkpoints that no checkpoint is.
  std::vector<std::string> leftovers() {
    std::vector<std::string> names;
    if (!fs::exists(checkpoints())) return names;
    const auto known = ids(manager().list_checkpoints());
    for (const auto& entry : fs::directory_iterator(checkpoints())) {
      const std::string name = entry.path().filename();
      if (std::find(known.begin(), known.end(), name) == known.end()) names.push_back(name);
    }
    return names;
  }
};

TEST_F(WritingTest, OneLivingWriterForAProcess) {
  manager().create_checkpoint("etl", content_of({}));
  CheckpointManager other(open());
  const Error error = *error_of([&] { other.create_checkpoint("etl", content_of({})); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.what(), HasSubstr(std::to_string(io::process_id())));
  EXPECT_THAT(error.what(), HasSubstr(io::host_name()));
  other.create_checkpoint("another", content_of({}));
  EXPECT_TRUE(other.load_latest("etl"));
  manager().close();
  EXPECT_EQ(other.create_checkpoint("etl", content_of({})).epoch, 2);
}

TEST_F(WritingTest, AWriterThatWasReplacedCommitsNothing) {
  manager().create_checkpoint("etl", content_of({}, "mine"));
  open()->catalog().checkpoints().take_over("etl", "somebody else");
  const Error error = *error_of([&] { manager().create_checkpoint("etl", content_of({})); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.what(), HasSubstr("somebody else"));
  EXPECT_EQ(manager().load_latest("etl")->checkpoint.content.current_step, "mine");
  EXPECT_THAT(leftovers(), IsEmpty());
}

TEST_F(WritingTest, LetsGoOfItsLocksWhenItIsClosed) {
  manager().create_checkpoint("etl", content_of({}));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "locks" / "etl.process"));
  manager().close();
  EXPECT_FALSE(fs::exists(folder_ / "out" / "locks" / "etl.process"));
  EXPECT_EQ(manager().create_checkpoint("etl", content_of({})).sequence, 2);
}

TEST_F(WritingTest, RefusesWhatCouldNotBeLoaded) {
  const auto refuses = [&](const CheckpointContent& content, const std::string& process = "etl") {
    const auto error = error_of([&] { manager().create_checkpoint(process, content); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::invalid_argument) << error->what();
  };
  CheckpointContent content = content_of({});
  content.state = {{"text", std::string("\xff")}};
  refuses(content);
  content.state = {{"day", Date{int64_t{1} << 40}}};
  refuses(content);
  Value nested = 1;
  for (int i = 0; i < 40; ++i) nested = Value::List{nested};
  content.state = {{"deep", nested}};
  refuses(content);
  content.state = {{"long", std::string(size_t{17} << 20, 'x')}};
  refuses(content);
  refuses(content_of({{"data", nullptr}}));
  refuses(content_of({{"a/b", orders(1)}}));
  refuses(content_of({}), "a\nb");
  EXPECT_THAT(manager().list_checkpoints(), IsEmpty());
}

TEST_F(WritingTest, LeavesNothingOfASaveThatFails) {
  manager().create_checkpoint("etl", content_of({{"data", orders(10)}}));
  const auto unions = arrow::dense_union({arrow::field("a", arrow::int64())});
  const auto table = value_or_throw(
      arrow::Table::MakeEmpty(arrow::schema({arrow::field("u", unions)})), "make a table");
  EXPECT_EQ(error_kind_of([&] {
              manager().create_checkpoint("etl", content_of({{"data", orders(7)}, {"u", table}}));
            }),
            ErrorKind::unsupported);
  EXPECT_THAT(leftovers(), IsEmpty());
  EXPECT_THAT(open()->catalog().checkpoints().unfinished(), IsEmpty());
  EXPECT_EQ(manager().load_latest("etl")->checkpoint.info.rows, 10);
}

TEST_F(WritingTest, TellsWhatWasPublishedAfterACheckpoint) {
  manager().create_checkpoint("etl", content_of({}));
  EXPECT_THAT(manager().load_latest("etl")->report.published_since, IsEmpty());
  const auto store = open();
  catalog::VersionDraft draft;
  draft.export_uuid = "u1";
  draft.dataset = "orders";
  draft.digest = "cd1:00";
  // Long before, if clocks were asked.
  draft.created = TimePoint();
  store->catalog().announce({draft.export_uuid, draft.dataset, "w", draft.created, {}});
  store->catalog().commit(draft);
  EXPECT_THAT(manager().load_latest("etl")->report.published_since,
              ::testing::ElementsAre("orders@1"));
  manager().create_checkpoint("etl", content_of({}));
  EXPECT_THAT(manager().load_latest("etl")->report.published_since, IsEmpty());
}

TEST_F(WritingTest, SavesInTheBackground) {
  const CheckpointContent content = content_of({{"data", orders(2000)}});
  auto saved = manager().create_checkpoint_async("etl", content);
  const CheckpointInfo& info = saved.get();
  expect_equal(manager().load_checkpoint(info.id).content, content);
}

TEST_F(WritingTest, OfWhatWaitsOnlyTheNewestIsSavedAndAllThatHaveNames) {
  std::vector<std::shared_future<CheckpointInfo>> saved;
  for (int i = 0; i < 50; ++i)
    saved.push_back(manager().create_checkpoint_async(
        "etl", content_of({{"data", orders(2000, static_cast<uint32_t>(i))}}, std::to_string(i)),
        {i % 20 == 7 ? "named " + std::to_string(i) : "", "", ""}));
  auto other = manager().create_checkpoint_async("other", content_of({}));
  manager().close();
  for (size_t i = 0; i < saved.size(); ++i) {
    // What a future tells of is at least as new as what was asked for.
    EXPECT_GE(std::stoi(saved[i].get().step), static_cast<int>(i));
    if (i % 20 != 7) continue;
    EXPECT_EQ(saved[i].get().name, "named " + std::to_string(i));
  }
  EXPECT_EQ(manager().load_latest("etl")->checkpoint.content.current_step, "49");
  EXPECT_EQ(other.get().process, "other");
  EXPECT_LT(manager().list_checkpoints("etl").front().sequence, 50);
}

TEST_F(WritingTest, TellsErrorsOfTheBackgroundByFutureNextCallAndClose) {
  CheckpointManager other(open());
  other.create_checkpoint("etl", content_of({}));
  auto failed = manager().create_checkpoint_async("etl", content_of({}));
  EXPECT_EQ(error_kind_of([&] { failed.get(); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { manager().create_checkpoint("etl", content_of({})); }),
            ErrorKind::conflict);
  manager().create_checkpoint_async("etl", content_of({})).wait();
  EXPECT_EQ(error_kind_of([&] { manager().close(); }), ErrorKind::conflict);
  other.close();
  manager().create_checkpoint("etl", content_of({}));
}

TEST_F(WritingTest, FinishesSavesBeforeItIsDestroyed) {
  manager().create_checkpoint_async("etl", content_of({{"data", orders(2000)}}));
  reopen();
  EXPECT_EQ(manager().list_checkpoints("etl").size(), 1U);
}

// What a child of a fork answers with: 0 where all that it tried came out right.
int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(WritingTest, AChildOfAForkReadsAndLeavesWritingToItsParent) {
  manager().create_checkpoint("etl", content_of({{"data", orders(2000)}}));
  manager().create_checkpoint_async("etl", content_of({{"data", orders(2000)}}));
  const pid_t child = ::fork();
  if (child == 0) {
    int wrong = 0;
    try {
      wrong += manager().load_latest("etl")->checkpoint.info.rows == 2000 ? 0 : 1;
      manager().create_checkpoint("own", content_of({{"data", orders(2000)}}));
      manager().create_checkpoint("etl", content_of({}));
      wrong += 2;
    } catch (const Error& error) {
      wrong += error.kind() == ErrorKind::conflict ? 0 : 4;
    }
    ::_exit(wrong);
  }
  EXPECT_EQ(exit_code_of(child), 0);
  EXPECT_EQ(manager().create_checkpoint("etl", content_of({})).epoch, 1);
  EXPECT_EQ(manager().list_checkpoints("own").size(), 1U);
}

TEST_F(WritingTest, AChildThatOutlivesTheWriterDoesNotKeepItsLock) {
  int until[2];
  ASSERT_EQ(::pipe(until), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    manager().create_checkpoint("etl", content_of({}));
    if (::fork() == 0) {
      char nothing = 0;
      ::close(until[1]);
      static_cast<void>(!::read(until[0], &nothing, 1));
    }
    ::_exit(0);
  }
  EXPECT_EQ(exit_code_of(writer), 0);
  EXPECT_EQ(manager().create_checkpoint("etl", content_of({})).epoch, 2);
  ::close(until[1]);
  ::close(until[0]);
}

TEST_F(WritingTest, LoadingKeepsUpWithAWriterThatKeepsOnlyOne) {
  CheckpointPolicy policy;
  policy.keep_last = 1;
  manager().set_policy(policy);
  manager().create_checkpoint("etl", content_of({{"data", orders(2000)}}, "0"));
  std::jthread writer([this] {
    for (int i = 1; i <= 40; ++i)
      manager_->create_checkpoint(
          "etl", content_of({{"data", orders(2000, static_cast<uint32_t>(i))}}, std::to_string(i)));
  });
  CheckpointManager reader(open());
  for (int step = 0; step < 40;) {
    const auto recovery = reader.load_latest("etl");
    ASSERT_TRUE(recovery);
    EXPECT_THAT(recovery->report.skipped, IsEmpty());
    const int found = std::stoi(recovery->checkpoint.content.current_step);
    EXPECT_GE(found, step);
    step = found;
  }
}

TEST_F(WritingTest, ThreadsMayShareAManager) {
  manager();  // made before they start
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const std::string process = "p" + std::to_string(t % 2);
      for (int i = 0; i < 5; ++i) {
        manager_->create_checkpoint(process, content_of({{"data", orders(100)}}));
        manager_->load_latest(process);
        manager_->create_checkpoint_async(process, content_of({}));
      }
    });
  for (std::thread& thread : threads) thread.join();
  manager().close();
  EXPECT_EQ(manager().list_checkpoints("p0").size(), 5U);
}

}  // namespace
}  // namespace cairn
