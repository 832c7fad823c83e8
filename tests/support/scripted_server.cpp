#include "support/scripted_server.hpp"

#include "support/wire_message.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace support {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int listen_on_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) throw_errno("a socket for a scripted server");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16) != 0) {
    const int reason = errno;
    close(listener);
    errno = reason;
    throw_errno("listening for a scripted server");
  }
  return listener;
}

int port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// Thrown within the thread: there is no more to say to this client.
struct Gone {};

std::int32_t size_of(const std::string& bytes) { return static_cast<std::int32_t>(bytes.size()); }

Answer threw(const std::exception& thrown) {
  return error("XX000", std::string("the script threw: ") + thrown.what());
}

ScriptedServer::Conversation one_at_a_time(ScriptedServer::Script script) {
  return [script = std::move(script),
          mutex = std::make_shared<std::mutex>()](const SentStatement& statement) {
    const std::lock_guard lock(*mutex);
    return script(statement.text);
  };
}

}  // namespace

// One connection: its socket, and what it has said and was answered so far.
class ScriptedServer::Client final : public Stage {
 public:
  Client(ScriptedServer& server, int socket) noexcept : server_(server), socket_(socket) {}

  // The version, or what else it is, of a first message; a StartupMessage's parameters with it.
  std::int32_t read_code() {
    const std::string body = read_body();
    MessageReader in(body);
    const std::int32_t code = in.int32();
    if (code == protocol_3_0) server_.record_startup(read_parameters(in));
    return code;
  }

  void set_session(int session) noexcept { session_ = session; }

  [[noreturn]] void talk() {
    while (true) {
      const auto [type, body] = receive();
      handle(type, body);
    }
  }

  // Says why this is the end, should the client still listen.
  void refuse(const Answer& reason) noexcept try {
    put_error(reason);
    flush();
  } catch (...) { return; }

  void put(const MessageBuilder& message) override { out_ += message.wire(); }
  void put_row_description(const std::vector<Column>& columns) override {
    MessageBuilder message('T');
    message.int16(static_cast<int>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i)
      message.text(columns[i].name)
          .int32(static_cast<std::int32_t>(columns[i].table))
          .int16(columns[i].attribute)
          .int32(static_cast<std::int32_t>(columns[i].oid))
          .int16(columns[i].size)
          .int32(columns[i].modifier)
          .int16(format(i));
    put(message);
  }
  std::pair<char, std::string> receive() override {
    const char type = read(1).front();
    return {type, read_body()};
  }
  int format(std::size_t column) const override { return format_of(result_formats_, column); }
  void wait_for_cancel() override { server_.wait_for_cancel(); }
  void put_error(const Answer& error) { out_ += error_response(error); }
  void put_ready() { put(MessageBuilder('Z').byte(status_)); }
  void flush() override { write(std::exchange(out_, {})); }
  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t now = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (now < 0 && errno == EINTR) continue;
      if (now <= 0) throw Gone();
      bytes.remove_prefix(static_cast<std::size_t>(now));
    }
  }

 private:
  std::string read(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t got = 0; got < count;) {
      const ssize_t now = recv(socket_, bytes.data() + got, count - got, 0);
      if (now < 0 && errno == EINTR) continue;
      if (now <= 0) throw Gone();
      got += static_cast<std::size_t>(now);
    }
    return bytes;
  }

  // What follows a length, which counts itself.
  std::string read_body() {
    const std::string length = read(4);
    const std::int32_t size = MessageReader(length).int32();
    if (size < 4) throw std::runtime_error("a message is shorter than its length");
    return read(static_cast<std::size_t>(size) - 4);
  }

  struct Prepared {
    std::string text;
    std::vector<std::uint32_t> oids;
  };

  void handle(char type, const std::string& body) {
    MessageReader in(body);
    switch (type) {
      case 'P':
        return parse(in);
      case 'B':
        return bind(in);
      case 'D':
        return describe();
      case 'E':
        return execute();
      case 'S':
        return end_batch();
      case 'Q':
        return query(in.text());
      case 'd':
      case 'c':
      case 'f':
        return;  // of a COPY that has failed already
      case 'X':
        throw Gone();
      default:
        throw std::runtime_error(std::string("a scripted server does not know the message ") +
                                 type);
    }
  }

  void parse(MessageReader& in) {
    Prepared& prepared = prepared_[in.text()];
    prepared = {.text = in.text(), .oids = {}};
    for (int count = in.int16(); count > 0; --count)
      prepared.oids.push_back(static_cast<std::uint32_t>(in.int32()));
    if (!skipping_) put(MessageBuilder('1'));
  }

  void bind(MessageReader& in) {
    static_cast<void>(in.text());  // the portal
    const Prepared& prepared = prepared_[in.text()];
    SentStatement statement{.text = prepared.text, .session = session_};
    const std::vector<int> formats = read_formats(in);
    const int count = in.int16();
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      SentParameter parameter{.format = format_of(formats, at), .bytes = {}};
      if (at < prepared.oids.size()) parameter.oid = prepared.oids[at];
      if (const std::int32_t size = in.int32(); size >= 0)
        parameter.bytes = in.bytes(static_cast<std::size_t>(size));
      statement.parameters.push_back(std::move(parameter));
    }
    result_formats_ = read_formats(in);
    server_.record(statement);
    if (skipping_) return;
    put(MessageBuilder('2'));
    answer_ = server_.ask(statement);
  }

  void describe() {
    if (skipping_) return;
    if (answer_.columns.empty()) return put(MessageBuilder('n'));
    put_row_description(answer_.columns);
  }

  void execute() {
    if (skipping_) return;
    put_answer();
    skipping_ = answer_.kind != Answer::Kind::done;
  }

  void query(const std::string& text) {
    const SentStatement statement{.text = text, .session = session_, .is_simple = true};
    server_.record(statement);
    result_formats_.clear();
    answer_ = server_.ask(statement);
    if (!answer_.columns.empty()) put_row_description(answer_.columns);
    put_answer();
    end_batch();
  }

  void end_batch() {
    server_.end_batch();
    skipping_ = false;
    if (answer_.kind == Answer::Kind::done || answer_.kind == Answer::Kind::error) put_ready();
    flush();
    if (answer_.kind == Answer::Kind::cut) throw Gone();
  }

  void put_answer() {
    if (answer_.when_cancelled) server_.wait_for_cancel();
    if (answer_.play) play();
    switch (answer_.kind) {
      case Answer::Kind::done:
        if (answer_.play) break;
        put_rows();
        if (answer_.end) return put_end();
        put(MessageBuilder('C').text(answer_.tag));
        break;
      case Answer::Kind::error:
        if (!answer_.play) put_error(answer_);
        if (status_ == 'T') status_ = 'E';
        break;
      case Answer::Kind::cut:
      case Answer::Kind::silence:
        return;
    }
    status_ = answer_.status.value_or(status_);
  }

  void put_end() {
    flush();
    answer_ = answer_.end();
    put_answer();
  }

  void play() {
    try {
      answer_.kind = answer_.play(*this);
    } catch (const std::exception& thrown) { answer_ = threw(thrown); }
  }

  void put_rows() {
    for (const auto& row : answer_.rows) {
      MessageBuilder message('D');
      message.int16(static_cast<int>(row.size()));
      for (const auto& value : row) {
        if (value) message.int32(size_of(*value)).bytes(*value);
        else message.int32(-1);
      }
      put(message);
    }
  }

  static std::map<std::string, std::string> read_parameters(MessageReader& in) {
    std::map<std::string, std::string> parameters;
    for (std::string name = in.text(); !name.empty(); name = in.text())
      parameters[name] = in.text();
    return parameters;
  }
  static std::vector<int> read_formats(MessageReader& in) {
    std::vector<int> formats;
    for (int count = in.int16(); count > 0; --count) formats.push_back(in.int16());
    return formats;
  }
  // None: text; one: of all.
  static int format_of(const std::vector<int>& formats, std::size_t at) {
    if (formats.empty()) return 0;
    return formats.size() == 1 ? formats[0] : formats.at(at);
  }

  ScriptedServer& server_;
  const int socket_;
  int session_ = 0;
  std::string out_;
  char status_ = 'I';
  std::map<std::string, Prepared> prepared_;
  std::vector<int> result_formats_;
  Answer answer_;          // to the statement that was bound last
  bool skipping_ = false;  // up to Sync
};

ScriptedServer::ScriptedServer(Greeting greeting, Script script)
    : ScriptedServer(std::move(greeting), one_at_a_time(std::move(script))) {}

ScriptedServer::ScriptedServer(Greeting greeting, Conversation conversation)
    : greeting_(std::move(greeting)),
      conversation_(std::move(conversation)),
      listener_(listen_on_loopback()),
      port_(port_of(listener_)),
      acceptor_([this] { accept_all(); }) {}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);  // wakes accept
  acceptor_.join();
  close(listener_);
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  for (const Connection& connection : connections_) shutdown(connection.socket, SHUT_RDWR);
  for (Connection& connection : connections_) {
    connection.thread.join();
    close(connection.socket);
  }
}

std::string ScriptedServer::conninfo() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=palmetto dbname=palmetto";
}

std::vector<SentStatement> ScriptedServer::statements() const {
  const std::lock_guard lock(mutex_);
  return statements_;
}

std::string ScriptedServer::conversation() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  std::size_t at = 0;
  for (const std::size_t end : batch_ends_) {
    for (const std::size_t begin = at; at < end; ++at)
      text += (at == begin ? "" : "; ") + statements_[at].text;
    text += '\n';
  }
  return text;
}

int ScriptedServer::round_trips() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(batch_ends_.size());
}

std::map<std::string, std::string> ScriptedServer::startup() const {
  const std::lock_guard lock(mutex_);
  return startup_;
}

int ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(connections_.size());
}

int ScriptedServer::cancels() const {
  const std::lock_guard lock(mutex_);
  return cancels_;
}

void ScriptedServer::accept_all() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const std::lock_guard lock(mutex_);
    connections_.push_back({socket, std::thread([this, socket] { serve(socket); })});
  }
}

void ScriptedServer::serve(int socket) {
  Client client(*this, socket);
  try {
    if (greet(client)) client.talk();
  } catch (const Gone&) {
  } catch (const std::exception& reason) { client.refuse(error("08P01", reason.what())); }
  shutdown(socket, SHUT_RDWR);
}

// False for a request to cancel, which is all that its connection is for, and after a refusal.
bool ScriptedServer::greet(Client& client) {
  for (std::int32_t code = client.read_code(); code != protocol_3_0; code = client.read_code()) {
    if (code == cancel_request) {
      cancel();
      return false;
    }
    if (code != ssl_request && code != gssenc_request)
      throw std::runtime_error("a scripted server speaks version 3.0 of the protocol");
    client.write("N");
  }
  const bool refuses = !greeting_.refusal.empty();
  if (!refuses || greeting_.refuses_late) client.put(MessageBuilder('R').int32(0));
  if (refuses) {
    client.put_error({.fields = greeting_.refusal});
    client.flush();
    return false;
  }
  client.set_session(next_session());  // before the client can make another connection
  for (const auto& [name, value] : greeting_.parameters)
    client.put(MessageBuilder('S').text(name).text(value));
  client.put(MessageBuilder('K').int32(greeting_.backend_pid).int32(greeting_.backend_key));
  client.put_ready();
  client.flush();
  return true;
}

int ScriptedServer::next_session() {
  const std::lock_guard lock(mutex_);
  return sessions_++;
}

void ScriptedServer::record_startup(std::map<std::string, std::string> parameters) {
  const std::lock_guard lock(mutex_);
  startup_ = std::move(parameters);
}

void ScriptedServer::record(SentStatement statement) {
  const std::lock_guard lock(mutex_);
  statements_.push_back(std::move(statement));
}

void ScriptedServer::end_batch() {
  const std::lock_guard lock(mutex_);
  batch_ends_.push_back(statements_.size());
}

Answer ScriptedServer::ask(const SentStatement& statement) {
  try {
    return conversation_(statement);
  } catch (const std::exception& thrown) { return threw(thrown); }
}

void ScriptedServer::cancel() {
  const std::lock_guard lock(mutex_);
  ++cancels_;
  changed_.notify_all();
}

void ScriptedServer::wait_for_cancel() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return cancels_answered_ < cancels_ || ending_; });
  ++cancels_answered_;
}

}  // namespace support
