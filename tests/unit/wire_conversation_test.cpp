// What a wire proxy makes of messages that palmetto does not send, or not in this order.

#include "support/wire_conversation.hpp"

#include "support/wire_message.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using support::done;
using support::error;
using support::MessageBuilder;
using support::MessageStream;
using support::WireConversation;
using support::WireRules;

namespace {

std::string of_type(char type) { return MessageBuilder(type).wire(); }
std::string parse(std::string_view name, std::string_view text) {
  return MessageBuilder('P').text(name).text(text).int16(0).wire();
}
std::string bind(std::string_view statement) {
  return MessageBuilder('B').text("").text(statement).int16(0).int16(0).int16(0).wire();
}
std::string execute() { return MessageBuilder('E').text("").int32(0).wire(); }
std::string query(std::string_view text) { return MessageBuilder('Q').text(text).wire(); }
std::string complete(std::string_view tag) { return MessageBuilder('C').text(tag).wire(); }
std::string ready(char status) { return MessageBuilder('Z').byte(status).wire(); }

std::string types_of(const std::string& messages) {
  MessageStream stream(MessageStream::Begins::with_type);
  stream.append(messages);
  std::string types;
  while (const auto message = stream.next()) types += message->front();
  return types;
}

// A conversation that has begun.
struct Talk {
  WireRules rules;
  WireConversation conversation{rules};

  Talk() {
    say(MessageBuilder('\0').int32(support::protocol_3_0).wire().substr(1));
    hear(ready('I'));
  }
  std::string say(const std::string& message) { return conversation.from_client(message); }
  std::string hear(const std::string& message) { return conversation.from_server(message); }
  void plan(std::string beginning, support::Answer answer, bool executed) {
    rules.answers.push_back({std::move(beginning), std::move(answer), executed, 1});
  }
};

}  // namespace

TEST_CASE("messages are cut out of a stream, wherever it is torn") {
  const std::string both = query("SELECT 1") + of_type('S');
  for (std::size_t torn = 0; torn <= both.size(); ++torn) {
    MessageStream stream(MessageStream::Begins::with_type);
    std::string seen;
    for (const std::string& part : {both.substr(0, torn), both.substr(torn)}) {
      stream.append(part);
      while (const auto message = stream.next()) seen += message->front();
    }
    CHECK(seen == "QS");
    CHECK(stream.rest().empty());
  }
}

TEST_CASE("a message of an impossible length is an error") {
  MessageStream stream(MessageStream::Begins::with_type);
  stream.append(std::string("Q\0\0\0\3", 5));
  CHECK_THROWS_AS(static_cast<void>(stream.next()), std::runtime_error);
}

TEST_CASE("a statement that was prepared before its failure was planned fails when it is bound") {
  Talk talk;
  CHECK(types_of(talk.say(parse("s", "SELECT $1"))) == "P");
  talk.say(of_type('S'));
  CHECK(talk.hear(of_type('1')) == of_type('1'));
  talk.hear(ready('I'));

  talk.plan("SELECT", error("40001", "planned"), false);
  CHECK(types_of(talk.say(bind("s"))) == "PB");
  talk.say(execute());
  talk.say(of_type('S'));
  const std::string told = talk.hear(error_response(error("42601", "syntax error")));
  CHECK(told == error_response(error("40001", "planned")));
  CHECK(talk.conversation.statement() == "SELECT $1");
  CHECK(talk.hear(ready('E')) == ready('E'));

  CHECK(types_of(talk.say(bind("s"))) == "B");  // that was once
}

TEST_CASE("each answer finds its statement, when several batches are under way") {
  Talk talk;
  talk.plan("SECOND", done("PLANNED"), true);
  for (const char* text : {"FIRST", "SECOND", "THIRD"}) {
    talk.say(parse("", text));
    talk.say(bind(""));
    talk.say(execute());
    talk.say(of_type('S'));
  }
  std::vector<std::string> tags;
  std::vector<std::string> statements;
  for (int i = 0; i < 3; ++i) {
    talk.hear(of_type('1'));
    talk.hear(of_type('2'));
    tags.push_back(talk.hear(complete("DONE")));
    statements.push_back(talk.conversation.statement());
    CHECK(talk.conversation.awaits_server());
    talk.hear(ready('I'));
  }
  CHECK(tags == std::vector<std::string>{complete("DONE"), complete("PLANNED"), complete("DONE")});
  CHECK(statements == std::vector<std::string>{"FIRST", "SECOND", "THIRD"});
  CHECK_FALSE(talk.conversation.awaits_server());
}

TEST_CASE("an error in the place of an answer keeps back what the client says up to its Sync") {
  Talk talk;
  talk.plan("FIRST", error("XX000", "planned"), true);
  CHECK(talk.say(parse("", "FIRST")) == parse("", "FIRST"));
  CHECK(talk.say(bind("")) == bind(""));
  CHECK(talk.say(execute()) == execute());
  for (const std::string& behind : {parse("", "SECOND"), bind(""), execute()})
    CHECK(talk.say(behind) == "");
  CHECK(talk.say(of_type('S')) == of_type('S'));
  talk.hear(of_type('1'));
  talk.hear(of_type('2'));
  CHECK(talk.hear(complete("DONE")) == error_response(error("XX000", "planned")));
  CHECK(talk.hear(ready('I')) == ready('I'));
}

TEST_CASE("a commit that fails at Sync is the server's own error, and the next batch is whole") {
  Talk talk;
  talk.say(parse("", "INSERT"));
  talk.say(bind(""));
  talk.say(execute());
  talk.say(of_type('S'));
  for (const char type : {'1', '2'}) talk.hear(of_type(type));
  talk.hear(complete("INSERT 0 1"));
  const std::string late = error_response(error("23505", "duplicate"));
  CHECK(talk.hear(late) == late);
  CHECK(talk.conversation.statement() == "INSERT");
  CHECK(talk.hear(ready('I')) == ready('I'));
  CHECK_FALSE(talk.conversation.awaits_server());
}

TEST_CASE("a transaction that an error has ended is opened again before the client hears of it") {
  Talk talk;
  talk.rules.reopenings.emplace_back("RELEASE", "BEGIN; SELECT 1 / 0");
  talk.say(query("BEGIN"));
  talk.hear(complete("BEGIN"));
  talk.hear(ready('T'));
  talk.say(query("RELEASE"));
  const std::string conflict = error_response(error("40001", "conflict"));
  CHECK(talk.hear(conflict) == conflict);
  CHECK(talk.hear(ready('I')) == "");
  CHECK(talk.conversation.own_words() == query("BEGIN; SELECT 1 / 0"));
  CHECK(talk.hear(complete("BEGIN")) == "");
  CHECK(talk.hear(error_response(error("22012", "division by zero"))) == "");
  CHECK(talk.conversation.awaits_server());
  CHECK(talk.hear(ready('E')) == ready('E'));
  CHECK_FALSE(talk.conversation.awaits_server());
}

TEST_CASE("a server that waits for COPY data is not awaited") {
  Talk talk;
  talk.say(query("COPY t FROM STDIN"));
  CHECK(talk.conversation.awaits_server());
  talk.hear(MessageBuilder('G').byte('\0').int16(0).wire());
  CHECK_FALSE(talk.conversation.awaits_server());
  talk.say(MessageBuilder('d').bytes("1\n").wire());
  talk.say(of_type('c'));
  CHECK(talk.conversation.awaits_server());
  talk.hear(complete("COPY 1"));
  talk.hear(ready('I'));
  CHECK_FALSE(talk.conversation.awaits_server());
}
