// The notation of transcripts, of which the tests against CockroachDB are made.

#include "support/transcript.hpp"

#include "support/thrown.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>
#include <string>

using support::contains;
using support::Transcript;

namespace {

Transcript parse(const std::string& text) { return Transcript::parse(text, "a.txt"); }

// The one message of an answer.
template <class Event>
Event message(const std::string& line) {
  const Transcript transcript = parse("> SELECT\n  " + line + "\n  ReadyForQuery I\n");
  return std::get<Event>(transcript.statements.at(0).answer.at(0));
}

std::string reason(const std::string& text) {
  return support::thrown_by<std::runtime_error>([&] { static_cast<void>(parse(text)); }).what();
}

}  // namespace

TEST_CASE("a transcript has the startup and the statements with their answers") {
  const Transcript transcript = parse(
      "# v21.1\n"
      "startup {'user': 'root'}\n"
      "  Authentication 0\n"
      "  ParameterStatus TimeZone='UTC'\n"
      "  ParameterStatus is_superuser='on'\n"
      "  BackendKeyData pid=7 key=-8\n"
      "  ReadyForQuery I\n"
      "\n"
      "> BEGIN\n"
      "  CommandComplete 'BEGIN'\n"
      "  ReadyForQuery T\n"
      ">\n"
      "  EmptyQueryResponse\n"
      "  ReadyForQuery T\n");
  CHECK(transcript.file == "a.txt");
  const support::Greeting greeting = transcript.greeting();
  CHECK(greeting.parameters == std::vector<std::pair<std::string, std::string>>{
                                   {"TimeZone", "UTC"}, {"is_superuser", "on"}});
  CHECK(greeting.backend_pid == 7);
  CHECK(greeting.backend_key == -8);
  CHECK(greeting.refusal.empty());
  REQUIRE(transcript.statements.size() == 2);
  CHECK(transcript.statements[0].text == "BEGIN");
  CHECK(transcript.statements[0].describe("a.txt") == "a.txt, line 9: > BEGIN");
  CHECK(std::get<Transcript::CommandComplete>(transcript.statements[0].answer.at(0)).tag ==
        "BEGIN");
  CHECK(std::get<Transcript::ReadyForQuery>(transcript.statements[0].answer.at(1)).status == 'T');
  CHECK(transcript.statements[1].text.empty());
}

TEST_CASE("a startup may be refused, before or after the client was believed") {
  const std::string error = "  ErrorResponse S='ERROR' C='0A000' M='no'\n";
  const auto before = parse("startup\n" + error).greeting();
  CHECK_FALSE(before.refuses_late);
  CHECK(before.refusal == Transcript::Fields{{'S', "ERROR"}, {'C', "0A000"}, {'M', "no"}});
  CHECK(parse("startup\n  Authentication 0\n" + error).greeting().refuses_late);
}

TEST_CASE("a RowDescription has columns, in whose names there may be spaces") {
  const auto columns =
      message<Transcript::RowDescription>(
          "RowDescription TRANSACTION STATUS oid=25 typlen=-1 typmod=14 fmt=0 "
          "tab=0 att=0; a oid=100056 typlen=8 typmod=-1 fmt=0 tab=4294967259 att=2")
          .columns;
  REQUIRE(columns.size() == 2);
  CHECK(columns[0].name == "TRANSACTION STATUS");
  CHECK(columns[0].oid == 25);
  CHECK(columns[0].size == -1);
  CHECK(columns[0].modifier == 14);
  CHECK(columns[1].name == "a");
  CHECK(columns[1].oid == 100056);
  CHECK(columns[1].table == 4294967259);
  CHECK(columns[1].attribute == 2);
}

TEST_CASE("strings are Python's") {
  CHECK(message<Transcript::DataRow>(R"(DataRow ['1', None, "it's", 'a\n\t\r\'"\\', '\xb5', '•'])")
            .values == std::vector<std::optional<std::string>>{"1", std::nullopt, "it's",
                                                               "a\n\t\r'\"\\", "µ", "•"});
  CHECK(message<Transcript::DataRow>("DataRow []").values.empty());
  CHECK(message<Transcript::CopyData>(R"(-> CopyData b'\xff\x00a\\N')").bytes ==
        std::string("\xff\0a\\N", 5));
}

TEST_CASE("errors and notices keep their fields in order") {
  CHECK(
      message<Transcript::ErrorResponse>("ErrorResponse S='ERROR' C='40001' H='' M='a b'").fields ==
      Transcript::Fields{{'S', "ERROR"}, {'C', "40001"}, {'H', ""}, {'M', "a b"}});
  CHECK(message<Transcript::NoticeResponse>("NoticeResponse C='00000'").fields ==
        Transcript::Fields{{'C', "00000"}});
}

TEST_CASE("a COPY is what both sides send") {
  const Transcript transcript = parse(
      "> COPY t FROM STDIN\n"
      "  CopyInResponse overall=0 cols=[0, 1]\n"
      "  -> CopyData b'1\\n'\n"
      "  -> CopyDone\n"
      "  CommandComplete 'COPY 1'\n"
      "  ReadyForQuery I\n");
  const auto& answer = transcript.statements.at(0).answer;
  CHECK(std::get<Transcript::CopyInResponse>(answer.at(0)).overall == 0);
  CHECK(std::get<Transcript::CopyInResponse>(answer.at(0)).columns == std::vector<int>{0, 1});
  CHECK(std::get<Transcript::CopyData>(answer.at(1)).bytes == "1\n");
  CHECK(std::holds_alternative<Transcript::CopyDone>(answer.at(2)));
  CHECK_NOTHROW(static_cast<void>(message<Transcript::CopyFail>("-> CopyFail nope")));
}

TEST_CASE("a statement of the extended protocol has parameters, and needs none of its messages") {
  const Transcript transcript = parse(
      "ext> SELECT $1, $2   args=[b'1', b'\\x00'] \n"
      "  ParseComplete\n"
      "  ParameterDescription [20, 17]\n"
      "  BindComplete\n"
      "  CommandComplete 'SELECT 0'\n"
      "  ReadyForQuery I\n"
      "ext> SELECT\n"
      "  ReadyForQuery I\n");
  const Transcript::Statement& statement = transcript.statements.at(0);
  CHECK(statement.text == "SELECT $1, $2");
  CHECK(statement.is_extended);
  CHECK(statement.parameters == 2);
  CHECK(statement.answer.size() == 2);
  CHECK(transcript.statements.at(1).parameters == 0);
}

TEST_CASE("an answer can go on after another session's statement") {
  const Transcript transcript = parse(
      "A> UPDATE\n"
      "B> CANCEL\n"
      "  CommandComplete 'CANCEL'\n"
      "  ReadyForQuery I\n"
      "  A got\n"
      "  ErrorResponse C='57014'\n"
      "  ReadyForQuery I\n"
      "B> CHANGEFEED\n"
      "  <(waiting) TimeoutError('timed out')>\n"
      "  on CancelRequest\n"
      "  <EOF>\n");
  REQUIRE(transcript.statements.size() == 3);
  const auto& a = transcript.statements[0];
  CHECK(a.session == 0);
  CHECK(std::get<Transcript::After>(a.answer.at(0)).statement == 1);
  CHECK(a.answer.size() == 3);
  CHECK(transcript.statements[1].session == 1);
  CHECK(transcript.statements[1].answer.size() == 2);
  const auto& feed = transcript.statements[2].answer;
  CHECK(std::holds_alternative<Transcript::Waiting>(feed.at(0)));
  CHECK(std::holds_alternative<Transcript::OnCancelRequest>(feed.at(1)));
  CHECK(std::holds_alternative<Transcript::EndOfFile>(feed.at(2)));
}

TEST_CASE("an error of a transcript names file and line") {
  struct Wrong {
    std::string text;
    std::string line;
    std::string reason;
  };
  const std::string ok = "> SELECT\n  CommandComplete 'SELECT 0'\n";
  const std::array wrongs{
      Wrong{"SELECT 1\n", "1", "an unknown line"},
      Wrong{"AB> SELECT 1\n", "1", "an unknown line"},
      Wrong{"  ReadyForQuery I\n", "1", "nothing was asked"},
      Wrong{"# x\n  B got\n", "2", "B has asked nothing"},
      Wrong{ok + "  ReadyForQuery\n", "3", "an unknown message"},
      Wrong{ok + "  ReadyForQuery X\n", "3", "not a status"},
      Wrong{ok + "  ReadyForQuery I I\n", "3", "nothing more was expected"},
      Wrong{ok + "  Readyforquery I\n", "3", "an unknown message"},
      Wrong{ok + "  ParseComplete\n", "3", "only an ext> statement"},
      Wrong{ok + "  ReadyForQuery I\n  DataRow []\n", "4", "the answer was over"},
      Wrong{ok + "  <(waiting)>\n  DataRow []\n", "4", "the answer was over"},
      Wrong{ok + "  ReadyForQuery I\nstartup\n", "4", "a startup comes first"},
      Wrong{ok, "1", "does not end"},
      Wrong{ok + "  DataRow ['1' '2']\n", "3", "\", \" was expected"},
      Wrong{ok + "  DataRow ['1\n", "3", "more was expected"},
      Wrong{ok + "  DataRow ['\\u1234']\n", "3", "an unknown escape"},
      Wrong{ok + "  DataRow ['\\xg0']\n", "3", "two digits"},
      Wrong{ok + "  DataRow [1]\n", "3", "a string was expected"},
      Wrong{ok + "  RowDescription a oid=20\n", "3", "typlen"},
      Wrong{ok + "  RowDescription a\n", "3", "oid"},
      Wrong{ok + "  RowDescription a oid=x\n", "3", "a number was expected"},
  };
  for (const Wrong& wrong : wrongs) {
    CAPTURE(wrong.text);
    const std::string text = reason(wrong.text);
    CHECK(contains(text, "a.txt, line " + wrong.line + ": "));
    CHECK(contains(text, wrong.reason));
  }
}

TEST_CASE("a transcript that is not there is an error") {
  CHECK_THROWS_AS(static_cast<void>(Transcript::read("/nowhere/a.txt")), std::runtime_error);
}

TEST_CASE("an error of a transcript can be had as an answer") {
  const Transcript transcript = parse(
      "> SELECT 1\n"
      "  ErrorResponse S='ERROR' C='25P02'\n"
      "  ReadyForQuery E\n"
      "> SELECT 1\n"
      "  ErrorResponse S='ERROR' C='25000'\n"
      "  ReadyForQuery T\n");
  const support::Answer answer = transcript.error_to("SELECT 1", "25000");
  CHECK(answer.kind == support::Answer::Kind::error);
  CHECK(answer.fields == Transcript::Fields{{'S', "ERROR"}, {'C', "25000"}});
  CHECK_THROWS_AS(static_cast<void>(transcript.error_to("SELECT 1", "40001")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(transcript.error_to("SELECT 2", "25000")), std::runtime_error);
}
