#include "support/transcript_server.hpp"

#include "support/wire_message.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace support {
namespace {

constexpr std::chrono::seconds patience{10};

std::string big_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    unsigned byte = 0;
    std::from_chars(digits.data(), digits.data() + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string from_decimal(const std::string& text, int size) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return big_endian(static_cast<std::uint64_t>(value), size);
}

// The manual, section 8: what the types of these OIDs are in binary.
std::string to_binary(const std::string& text, const Column& column) {
  switch (column.oid) {
    case 16:  // bool
      return {text == "t" ? '\1' : '\0'};
    case 17:  // bytea: \x00ff
      return from_hex(std::string_view(text).substr(2));
    case 19:    // name
    case 25:    // text
    case 1043:  // varchar
      return text;
    case 20:
      return from_decimal(text, 8);
    case 21:
      return from_decimal(text, 2);
    case 23:
    case 26:  // oid
      return from_decimal(text, 4);
    case 2950: {  // uuid
      std::string digits = text;
      std::erase(digits, '-');
      return from_hex(digits);
    }
    case 3802:  // jsonb, of version 1
      return '\1' + text;
    default:
      throw std::runtime_error("the transcript has column \"" + column.name + "\" of the OID " +
                               std::to_string(column.oid) + " in text alone: ask for text");
  }
}

MessageBuilder of_fields(char type, const Transcript::Fields& fields) {
  MessageBuilder message(type);
  for (const auto& [code, value] : fields) message.byte(code).text(value);
  return message.byte('\0');
}

template <class T>
const T* last(const std::vector<Transcript::Event>& events) {
  const T* found = nullptr;
  for (const Transcript::Event& event : events)
    if (const T* one = std::get_if<T>(&event)) found = one;
  return found;
}

// What the extended protocol has no words for.
bool needs_simple_protocol(const std::vector<Transcript::Event>& answer) {
  return first<Transcript::CopyInResponse>(answer) != nullptr ||
         first<Transcript::CommandComplete>(answer) != last<Transcript::CommandComplete>(answer);
}

}  // namespace

// One answer: event after event.
class TranscriptServer::Performance {
 public:
  Performance(TranscriptServer& server, Stage& stage, const SentStatement& sent,
              const std::vector<Column>& columns) noexcept
      : server_(server), stage_(stage), is_simple_(sent.is_simple), columns_(columns) {}

  Answer::Kind play(const std::vector<Transcript::Event>& answer) {
    for (const Transcript::Event& event : answer) std::visit(*this, event);
    return kind_;
  }

  void operator()(const Transcript::RowDescription& description) {
    if (is_simple_) stage_.put_row_description(description.columns);
  }
  void operator()(const Transcript::DataRow& row) {
    MessageBuilder message('D');
    message.int16(static_cast<int>(row.values.size()));
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (!row.values[i]) {
        message.int32(-1);
        continue;
      }
      const bool is_binary = !is_simple_ && stage_.format(i) == 1;
      const std::string value =
          is_binary ? to_binary(*row.values[i], columns_.at(i)) : *row.values[i];
      message.int32(static_cast<std::int32_t>(value.size())).bytes(value);
    }
    stage_.put(message);
  }
  void operator()(const Transcript::CommandComplete& complete) {
    stage_.put(MessageBuilder('C').text(complete.tag));
  }
  void operator()(const Transcript::EmptyQueryResponse&) { stage_.put(MessageBuilder('I')); }
  void operator()(const Transcript::ErrorResponse& error) {
    stage_.put(of_fields('E', error.fields));
    kind_ = Answer::Kind::error;
  }
  void operator()(const Transcript::NoticeResponse& notice) {
    stage_.put(of_fields('N', notice.fields));
  }
  void operator()(const Transcript::ParameterStatus& status) {
    stage_.put(MessageBuilder('S').text(status.name).text(status.value));
  }

  void operator()(const Transcript::CopyInResponse& response) {
    MessageBuilder message('G');
    message.byte(static_cast<char>(response.overall))
        .int16(static_cast<int>(response.columns.size()));
    for (const int format : response.columns) message.int16(format);
    stage_.put(message);
    stage_.flush();
  }
  void operator()(const Transcript::CopyData& data) { expect('d', "CopyData", &data.bytes); }
  void operator()(const Transcript::CopyDone&) { expect('c', "CopyDone", nullptr); }
  void operator()(const Transcript::CopyFail&) { expect('f', "CopyFail", nullptr); }

  void operator()(const Transcript::EndOfFile&) { kind_ = Answer::Kind::cut; }
  void operator()(const Transcript::Waiting&) { kind_ = Answer::Kind::silence; }
  void operator()(const Transcript::After& after) {
    stage_.flush();
    server_.wait_for(after.statement);
    kind_ = Answer::Kind::done;
  }
  void operator()(const Transcript::OnCancelRequest&) {
    stage_.flush();
    stage_.wait_for_cancel();
    kind_ = Answer::Kind::done;
  }

  // The server's own to say: at the end of the batch, and when a connection begins.
  void operator()(const Transcript::ReadyForQuery&) {}
  void operator()(const Transcript::AuthenticationOk&) {}
  void operator()(const Transcript::BackendKeyData&) {}

 private:
  void expect(char type, const char* name, const std::string* expected) {
    const auto [got, body] = stage_.receive();
    if (got == type && (expected == nullptr || body == *expected)) return;
    throw std::runtime_error(std::string("the transcript expects ") + name +
                             (expected != nullptr ? " \"" + *expected + "\"" : "") + ", not " +
                             got + " \"" + body + "\"");
  }

  TranscriptServer& server_;
  Stage& stage_;
  const bool is_simple_;
  const std::vector<Column>& columns_;
  Answer::Kind kind_ = Answer::Kind::done;
};

TranscriptServer::TranscriptServer(Transcript transcript, Greeting greeting)
    : transcript_(std::move(transcript)),
      server_(std::move(greeting), ScriptedServer::Conversation([this](const SentStatement& sent) {
                return answer(sent);
              })) {}

TranscriptServer::~TranscriptServer() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

bool TranscriptServer::finished() const {
  const std::lock_guard lock(mutex_);
  return next_ == transcript_.statements.size();
}

Answer TranscriptServer::answer(const SentStatement& sent) {
  const Transcript::Statement& statement = take_turn(sent);
  Answer answer;
  if (const auto* ready = last<Transcript::ReadyForQuery>(statement.answer))
    answer.status = ready->status;
  const auto* description = last<Transcript::RowDescription>(statement.answer);
  if (description != nullptr && !sent.is_simple) answer.columns = description->columns;
  answer.play = [this, &statement, sent, columns = answer.columns](Stage& stage) {
    return Performance(*this, stage, sent, columns).play(statement.answer);
  };
  return answer;
}

const Transcript::Statement& TranscriptServer::take_turn(const SentStatement& sent) {
  std::unique_lock lock(mutex_);
  const auto is_turn = [&] {
    return ending_ || next_ == transcript_.statements.size() ||
           transcript_.statements[next_].session == sent.session;
  };
  const bool came = changed_.wait_for(lock, patience, is_turn);
  if (const std::string reason = refusal(sent); !came || !reason.empty())
    throw std::runtime_error(reason);
  const Transcript::Statement& statement = transcript_.statements[next_++];
  changed_.notify_all();
  return statement;
}

// Why a statement is not the transcript's next; empty when it is.
std::string TranscriptServer::refusal(const SentStatement& sent) const {
  const std::string was = ", not \"" + sent.text + "\" with " +
                          std::to_string(sent.parameters.size()) + " parameters of connection " +
                          std::to_string(sent.session + 1);
  if (next_ == transcript_.statements.size())
    return transcript_.file + " expects no more statements" + was;
  const Transcript::Statement& expected = transcript_.statements[next_];
  if (expected.session != sent.session || expected.text != sent.text ||
      expected.parameters != sent.parameters.size())
    return "expected was " + expected.describe(transcript_.file) + was;
  if (expected.is_extended && sent.is_simple)
    return expected.describe(transcript_.file) + " needs the extended protocol";
  if (!sent.is_simple && needs_simple_protocol(expected.answer))
    return expected.describe(transcript_.file) + " needs the simple protocol";
  return "";
}

void TranscriptServer::wait_for(std::size_t statement) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ending_ || next_ > statement; });
}

}  // namespace support
