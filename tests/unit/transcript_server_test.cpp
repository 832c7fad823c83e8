// The server that plays transcripts: to the byte, and strictly.

#include "support/transcript_server.hpp"

#include "palmetto/palmetto.hpp"

#include "support/thrown.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

using namespace palmetto;
using namespace std::chrono_literals;
using namespace std::string_literals;
using support::contains;
using support::thrown_by;
using support::Transcript;
using support::TranscriptServer;

namespace {

Transcript parse(const std::string& text) { return Transcript::parse(text, "a.txt"); }

const std::string select_1 =
    "> SELECT 1\n"
    "  RowDescription n oid=20 typlen=8 typmod=-1 fmt=0 tab=60 att=2\n"
    "  DataRow ['1']\n"
    "  CommandComplete 'SELECT 1'\n"
    "  ReadyForQuery I\n";

// A client without libpq, which sends and reads bytes.
class RawClient {
 public:
  explicit RawClient(const TranscriptServer& server)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const std::string conninfo = server.conninfo();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(conninfo.substr(conninfo.find("port=") + 5))));
    const timeval at_most{.tv_sec = 10, .tv_usec = 0};
    REQUIRE(setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &at_most, sizeof at_most) == 0);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    send("\0\0\0\x09\0\x03\0\0\0"s);
  }
  ~RawClient() { close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(const std::string& bytes) const {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  void send(char type, const std::string& body) const {
    const std::uint32_t size = htonl(static_cast<std::uint32_t>(body.size() + 4));
    send(type + std::string(reinterpret_cast<const char*>(&size), sizeof size) + body);
  }
  void query(const std::string& text) const { send('Q', text + '\0'); }

  // All that comes up to the end of a text.
  [[nodiscard]] std::string read_up_to(const std::string& end) const {
    std::string bytes;
    while (!bytes.ends_with(end)) {
      char byte = 0;
      if (recv(socket_, &byte, 1, 0) != 1) FAIL("only this came: ", bytes);
      bytes += byte;
    }
    return bytes;
  }
  [[nodiscard]] bool is_at_end() const {
    char byte = 0;
    return recv(socket_, &byte, 1, 0) == 0;
  }

 private:
  const int socket_;
};

const std::string ready = "Z\0\0\0\x05I"s;

}  // namespace

TEST_CASE("a startup is played to the byte") {
  const Transcript transcript = parse(
      "startup\n"
      "  Authentication 0\n"
      "  ParameterStatus a='b'\n"
      "  BackendKeyData pid=1 key=2\n"
      "  ReadyForQuery I\n");
  const TranscriptServer server(transcript, transcript.greeting());
  CHECK(RawClient(server).read_up_to(ready) ==
        "R\0\0\0\x08\0\0\0\0"
        "S\0\0\0\x08"
        "a\0b\0"
        "K\0\0\0\x0C\0\0\0\1\0\0\0\2"
        "Z\0\0\0\5I"s);
}

TEST_CASE("a refused startup is played to the byte, and is the end") {
  const Transcript transcript = parse("startup\n  ErrorResponse S='ERROR' C='XXUUU' M='m'\n");
  const TranscriptServer server(transcript, transcript.greeting());
  const RawClient client(server);
  const std::string error = "E\0\0\0\x16SERROR\0CXXUUU\0Mm\0\0"s;
  CHECK(client.read_up_to("m\0\0"s) == error);
  CHECK(client.is_at_end());
}

TEST_CASE("answers are played to the byte over the simple protocol") {
  const TranscriptServer server(
      parse("> SELECT 1; x\n"
            "  RowDescription n oid=20 typlen=8 typmod=-1 fmt=0 tab=60 att=2\n"
            "  DataRow ['1', None]\n"
            "  CommandComplete 'SELECT 1'\n"
            "  NoticeResponse S='NOTICE'\n"
            "  ParameterStatus a='b'\n"
            "  RowDescription m oid=25 typlen=-1 typmod=-1 fmt=0 tab=0 att=0\n"
            "  ErrorResponse C='XXUUU'\n"
            "  ReadyForQuery E\n"
            ">\n"
            "  EmptyQueryResponse\n"
            "  ReadyForQuery I\n"),
      {});
  const RawClient client(server);
  static_cast<void>(client.read_up_to(ready));
  client.query("SELECT 1; x");
  CHECK(client.read_up_to("Z\0\0\0\5E"s) ==
        "T\0\0\0\x1A\0\1n\0\0\0\0\x3C\0\2\0\0\0\x14\0\x08\xFF\xFF\xFF\xFF\0\0"
        "D\0\0\0\x0F\0\2\0\0\0\1"
        "1\xFF\xFF\xFF\xFF"
        "C\0\0\0\x0DSELECT 1\0"
        "N\0\0\0\x0DSNOTICE\0\0"
        "S\0\0\0\x08"
        "a\0b\0"
        "T\0\0\0\x1A\0\1m\0\0\0\0\0\0\0\0\0\0\x19\xFF\xFF\xFF\xFF\xFF\xFF\0\0"
        "E\0\0\0\x0C"
        "CXXUUU\0\0"
        "Z\0\0\0\5E"s);
  client.query("");
  CHECK(client.read_up_to(ready) == "I\0\0\0\4"s + ready);
  CHECK(server.finished());
}

TEST_CASE("a COPY must be what the transcript has, message by message") {
  const TranscriptServer server(parse("> COPY t FROM STDIN\n"
                                      "  CopyInResponse overall=0 cols=[0, 0]\n"
                                      "  -> CopyData b'1\\ta\\n'\n"
                                      "  -> CopyData b'2'\n"
                                      "  -> CopyDone\n"
                                      "  CommandComplete 'COPY 2'\n"
                                      "  ReadyForQuery I\n" +
                                      select_1),
                                {});
  const RawClient client(server);
  static_cast<void>(client.read_up_to(ready));
  client.query("COPY t FROM STDIN");
  CHECK(client.read_up_to("\0\2\0\0\0\0"s) == "G\0\0\0\x0B\0\0\2\0\0\0\0"s);
  client.send('d', "1\ta\n");
  SUBCASE("it is") {
    client.send('d', "2");
    client.send('c', "");
    CHECK(client.read_up_to(ready) ==
          "C\0\0\0\x0B"
          "COPY 2\0"s +
              ready);
  }
  SUBCASE("it is not") {
    client.send('f', "no\0"s);
    CHECK(contains(client.read_up_to(ready), "the transcript expects CopyData \"2\", not f \"no"));
  }
  SUBCASE("it is not, and goes on") {
    client.send('d', "3");
    client.send('c', "");
    CHECK(contains(client.read_up_to(ready), "the transcript expects CopyData \"2\", not d \"3\""));
  }
  client.query("SELECT 1");
  CHECK(contains(client.read_up_to(ready), "SELECT 1"));
}

TEST_CASE("each statement must be the transcript's next one") {
  const TranscriptServer server(parse(select_1 + "> SELECT 2\n  CommandComplete 'SELECT 0'\n"
                                                 "  ReadyForQuery I\n"),
                                {});
  const Connection conn = connect(server.conninfo());
  const auto wrong = thrown_by<errors::InternalError_>([&] { conn.execute("SELECT 2"); });
  CHECK(contains(wrong.message(), "expected was a.txt, line 1: > SELECT 1, not \"SELECT 2\""));
  CHECK_THROWS_AS(conn.execute("SELECT 1 "), InternalError);
  CHECK_FALSE(server.finished());
  CHECK(conn.execute("SELECT 1").value<std::int64_t>() == 1);
  const auto parameters =
      thrown_by<errors::InternalError_>([&] { conn.execute(dynamic_sql("SELECT $1"), 1); });
  CHECK(contains(parameters.message(), "with 1 parameters"));
  conn.execute("SELECT 2");
  CHECK(server.finished());
  const auto more = thrown_by<errors::InternalError_>([&] { conn.execute("SELECT 2"); });
  CHECK(contains(more.message(), "a.txt expects no more statements, not \"SELECT 2\""));
}

TEST_CASE("a statement of the extended protocol has its parameters, and is for that alone") {
  const TranscriptServer server(parse("ext> SELECT $1   args=[b'1']\n"
                                      "  ParseComplete\n"
                                      "  BindComplete\n"
                                      "  CommandComplete 'SELECT 0'\n"
                                      "  ReadyForQuery I\n"),
                                {});
  Connection conn = connect(server.conninfo());
  CHECK_THROWS_AS(conn.execute_script(dynamic_sql("SELECT 1")), InternalError);
  CHECK(conn.execute("SELECT $1", 1).command_tag() == "SELECT 0");
  CHECK(server.finished());
}

TEST_CASE("what the extended protocol has no words for is refused there, not made up") {
  const std::string two =
      "  CommandComplete 'BEGIN'\n  CommandComplete 'COMMIT'\n  ReadyForQuery I\n";
  const TranscriptServer server(parse("> BEGIN; COMMIT\n" + two), {});
  Connection conn = connect(server.conninfo());
  const auto error = thrown_by<errors::InternalError_>([&] { conn.execute("BEGIN; COMMIT"); });
  CHECK(contains(error.message(), "needs the simple protocol"));
  CHECK(conn.execute_script(dynamic_sql("BEGIN; COMMIT")).size() == 2);
}

TEST_CASE("values are sent in binary to those who ask for it") {
  const TranscriptServer server(
      parse("> SELECT *\n"
            "  RowDescription b oid=16 typlen=1 typmod=-1 fmt=0 tab=0 att=0; "
            "y oid=17 typlen=-1 typmod=-1 fmt=0 tab=0 att=0; "
            "i oid=20 typlen=8 typmod=-1 fmt=0 tab=0 att=0; "
            "j oid=21 typlen=2 typmod=-1 fmt=0 tab=0 att=0; "
            "k oid=23 typlen=4 typmod=-1 fmt=0 tab=0 att=0; "
            "t oid=25 typlen=-1 typmod=-1 fmt=0 tab=0 att=0; "
            "o oid=26 typlen=8 typmod=-1 fmt=0 tab=0 att=0; "
            "u oid=2950 typlen=16 typmod=-1 fmt=0 tab=0 att=0\n"
            "  DataRow ['t', '\\\\x00ff', '-2', '-3', '70000', 'x', '100056', "
            "'4a8445d7-4b7a-48ab-b0fe-98344e4ab210']\n"
            "  DataRow [None, None, None, None, None, None, None, None]\n"
            "  CommandComplete 'SELECT 2'\n"
            "  ReadyForQuery I\n"),
      {});
  const Connection conn = connect(server.conninfo());
  const Result result = conn.execute("SELECT *");
  const Row row = result[0];
  CHECK(row["b"].as<bool>());
  CHECK(row["y"].as<std::vector<std::byte>>() ==
        std::vector<std::byte>{std::byte{0}, std::byte{0xFF}});
  CHECK(row["i"].as<std::int64_t>() == -2);
  CHECK(row["j"].as<std::int16_t>() == -3);
  CHECK(row["k"].as<std::int32_t>() == 70000);
  CHECK(row["t"].as<std::string>() == "x");
  CHECK(row["o"].as<std::uint32_t>() == 100056);
  for (const Column& column : result.description()) CHECK(column.format == Format::binary);
  for (std::size_t i = 0; i < row.size(); ++i) CHECK(result[1][i].is_null());
}

TEST_CASE("a value that is not known in binary is a loud error, and can be had as text") {
  const std::string decimal =
      "> SELECT 1.5\n"
      "  RowDescription d oid=1700 typlen=-1 typmod=-1 fmt=0 tab=0 att=0\n"
      "  DataRow ['1.5']\n"
      "  CommandComplete 'SELECT 1'\n"
      "  ReadyForQuery I\n";
  const TranscriptServer server(parse(decimal + decimal), {});
  const Connection conn = connect(server.conninfo());
  const auto error = thrown_by<errors::InternalError_>([&] { conn.execute("SELECT 1.5"); });
  CHECK(contains(error.message(), "column \"d\" of the OID 1700 in text alone: ask for text"));
  const Result result = conn.with({.results = Format::text}).execute("SELECT 1.5");
  CHECK(result.value<std::string>() == "1.5");
}

TEST_CASE("several connections take their turns, whichever thread is first") {
  const TranscriptServer server(parse("A> SELECT 1\n"
                                      "B> SELECT 2\n"
                                      "  CommandComplete 'SELECT 2'\n"
                                      "  ReadyForQuery I\n"
                                      "  A got\n"
                                      "  CommandComplete 'SELECT 1'\n"
                                      "  ReadyForQuery I\n"
                                      "A> SELECT 3\n"
                                      "  CommandComplete 'SELECT 3'\n"
                                      "  ReadyForQuery I\n"),
                                {});
  const Connection a = connect(server.conninfo());
  const Connection b = connect(server.conninfo());
  auto of_b = std::async(std::launch::async, [&] { return b.execute("SELECT 2").command_tag(); });
  CHECK(a.execute("SELECT 1").command_tag() == "SELECT 1");
  CHECK(a.execute("SELECT 3").command_tag() == "SELECT 3");
  CHECK(of_b.get() == "SELECT 2");
  CHECK(server.finished());
}

TEST_CASE("a server that says nothing more does so until the connection ends") {
  const TranscriptServer server(parse("> CHANGEFEED\n"
                                      "  RowDescription n oid=20 typlen=8 typmod=-1 fmt=0 tab=0 "
                                      "att=0\n"
                                      "  DataRow ['1']\n"
                                      "  <(waiting) TimeoutError('timed out')>\n"),
                                {});
  const RawClient client(server);
  static_cast<void>(client.read_up_to(ready));
  client.query("CHANGEFEED");
  CHECK(contains(client.read_up_to("\0\0\0\x0B\0\1\0\0\0\1"
                                   "1"s),
                 "n\0"s));
  CHECK(server.finished());
}

TEST_CASE("a request to cancel goes on with what follows it") {
  const TranscriptServer server(parse("> CHANGEFEED\n"
                                      "  <(waiting)>\n"
                                      "  on CancelRequest\n"
                                      "  ErrorResponse S='ERROR' C='57014' M='canceled'\n"
                                      "  ReadyForQuery I\n"),
                                {.backend_pid = 1, .backend_key = 2});
  const Connection conn = connect(server.conninfo());
  CHECK_THROWS_AS(conn.with({.timeout = 1ms}).execute("CHANGEFEED"), OperationTimeout);
  CHECK_FALSE(conn.closed());
  CHECK(server.server().cancels() == 1);
}

TEST_CASE("the end of a connection cuts it") {
  const TranscriptServer server(parse("> SELECT 1\n  <EOF>\n"), {});
  const Connection conn = connect(server.conninfo());
  CHECK_THROWS_AS(conn.execute("SELECT 1"), ConnectionLost);
}

TEST_CASE("a server that is still to answer can end") {
  std::optional<TranscriptServer> server(std::in_place,
                                         parse("A> SELECT 1\n"
                                               "B> SELECT 2\n"
                                               "  ReadyForQuery I\n"
                                               "  A got\n"
                                               "  ReadyForQuery I\n"),
                                         support::Greeting{});
  const Connection a = connect(server->conninfo());
  auto waiting = std::async(std::launch::async, [&] { a.execute("SELECT 1"); });
  while (server->server().statements().empty()) std::this_thread::yield();
  server.reset();
  CHECK_THROWS_AS(waiting.get(), Error);
}
