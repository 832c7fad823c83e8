#include "support/wire_conversation.hpp"

#include "support/wire_message.hpp"

#include <algorithm>

namespace support {
namespace {

constexpr char startup = '^';

std::string query_message(std::string_view text) { return MessageBuilder('Q').text(text).wire(); }

// A statement that fails and leaves the transaction as the given one leaves it when it fails:
// whatever becomes of a COMMIT, the transaction has ended, and so it has when it can't be prepared.
std::string failing_like(std::string_view statement) {
  constexpr std::size_t longer_than_any_name = 300;
  if (statement.starts_with("COMMIT") || statement.starts_with("END"))
    return "PREPARE TRANSACTION '" + std::string(longer_than_any_name, 'x') + "'";
  return "planned to fail";
}

std::string parse_message(std::string_view text) {
  return MessageBuilder('P').text("").text(text).int16(0).wire();
}

std::string bind_message(std::string_view portal) {
  return MessageBuilder('B').text(portal).text("").int16(0).int16(0).int16(0).wire();
}

bool is_error(const PlannedAnswer* planned) {
  return planned != nullptr && planned->answer.kind == Answer::Kind::error;
}

// 0: the password was right; 12: the last word of SCRAM, and the server goes on by itself.
bool asks_for_password(std::string_view message) {
  const std::int32_t code = MessageReader(body_of(message)).int32();
  return code != 0 && code != 12;
}

}  // namespace

std::string WireConversation::from_client(std::string_view message) {
  const char type = std::exchange(started_, true) ? message[0] : startup;
  awaits_server_ = awaits_server_ || type != 'X';
  if (client_unheard_ && type != 'S' && type != 'X') return {};
  std::string passed;
  switch (type) {
    case 'P':
      passed = parse(message);
      break;
    case 'B':
      passed = bind(message);
      break;
    case 'E':
      passed = execute(message);
      break;
    case 'Q':
      passed = query(message);
      break;
    case 'S':
      server_skips_ = false;
      client_unheard_ = false;
      [[fallthrough]];
    case startup:
    case 'C':
    case 'D':
    case 'F':
      ask(type);
      [[fallthrough]];
    default:
      passed = message;
  }
  statement_ = client_statement_;
  return passed;
}

std::string WireConversation::parse(std::string_view message) {
  MessageReader in(body_of(message));
  const std::string name = in.text();
  client_statement_ = in.text();
  prepared_[name] = client_statement_;
  ask('P');
  return MessageBuilder('P')
      .text(name)
      .text(rules_.rewritten(client_statement_, status_))
      .bytes(in.rest())
      .wire();
}

// A statement whose failure is planned fails when it is bound, whenever it was prepared.
std::string WireConversation::bind(std::string_view message) {
  MessageReader in(body_of(message));
  const std::string name = in.text();
  client_statement_ = prepared_[in.text()];
  PlannedAnswer* planned = server_skips_ ? nullptr : rules_.take_answer(client_statement_);
  portals_[name] = {client_statement_, planned};
  if (planned == nullptr || planned->executed) {
    ask('B', planned);
    return std::string(message);
  }
  ask('P', planned, true);
  ask('B', planned);
  return parse_message(failing_like(client_statement_)) + bind_message(name);
}

std::string WireConversation::execute(std::string_view message) {
  const Portal& portal = portals_[MessageReader(body_of(message)).text()];
  client_statement_ = portal.statement;
  ask('E', portal.planned);
  client_unheard_ = !server_skips_ && is_error(portal.planned) && portal.planned->executed;
  return std::string(message);
}

std::string WireConversation::query(std::string_view message) {
  client_statement_ = MessageReader(body_of(message)).text();
  PlannedAnswer* planned = server_skips_ ? nullptr : rules_.take_answer(client_statement_);
  ask('Q', planned);
  return query_message(planned != nullptr && !planned->executed
                           ? failing_like(client_statement_)
                           : rules_.rewritten(client_statement_, status_));
}

void WireConversation::ask(char type, PlannedAnswer* planned, bool own) {
  if (!server_skips_) asked_.push_back({type, client_statement_, planned, own});
}

std::string WireConversation::from_server(std::string_view message) {
  if (!asked_.empty()) statement_ = asked_.front().statement;
  switch (message[0]) {
    case 'A':
    case 'N':
      return std::string(message);
    case 'S':
      return parameter(message);
    case 'K':
      return backend_key(message);
    case 'R':
      awaits_server_ = !asks_for_password(message);
      return std::string(message);
    case 'G':
    case 'W':
      awaits_server_ = false;
      return heard(message);
    case '1':
      return heard_as_end_of('P', message);
    case '2':
      return heard_as_end_of('B', message);
    case '3':
      return heard_as_end_of('C', message);
    case 'T':
    case 'n':
      return heard_as_end_of('D', message);
    case 's':
      return heard_as_end_of('E', message);
    case 'C':
    case 'I':
      return complete(message);
    case 'E':
      return fail(message);
    case 'Z':
      return ready(message);
    default:
      return heard(message);
  }
}

// A message of an answer, if it is one to the client.
std::string WireConversation::heard(std::string_view message) const {
  const bool own = !asked_.empty() && asked_.front().own;
  return own || server_unheard_ ? std::string() : std::string(message);
}

std::string WireConversation::heard_as_end_of(char type, std::string_view message) {
  std::string passed = heard(message);
  if (!asked_.empty() && asked_.front().type == type) asked_.pop_front();
  return passed;
}

std::string WireConversation::parameter(std::string_view message) {
  MessageReader in(body_of(message));
  const std::string name = in.text();
  reported_.insert(name);
  const auto other = rules_.parameters.find(name);
  if (other == rules_.parameters.end()) return std::string(message);
  return MessageBuilder('S').text(name).text(other->second).wire();
}

std::string WireConversation::backend_key(std::string_view message) const {
  if (!rules_.backend_key) return std::string(message);
  const auto& [pid, key] = *rules_.backend_key;
  return MessageBuilder('K').int32(pid).int32(key).wire();
}

std::string WireConversation::complete(std::string_view message) {
  if (asked_.empty()) return heard(message);
  PlannedAnswer* planned = std::exchange(asked_.front().planned, nullptr);
  const std::string passed = heard_as_end_of('E', message);
  if (planned == nullptr || passed.empty()) return passed;
  status_to_tell_ = planned->answer.status;
  if (!is_error(planned)) return MessageBuilder('C').text(planned->answer.tag).wire();
  server_unheard_ = true;
  return error_response(planned->answer);
}

std::string WireConversation::fail(std::string_view message) {
  if (asked_.empty() || server_unheard_) return heard(message);
  const Asked& asked = asked_.front();
  if (asked.own && asked.type == 'Q') return {};
  failed_ = asked.statement;
  std::string passed(message);
  if (is_error(asked.planned) && !asked.planned->executed) {
    passed = error_response(asked.planned->answer);
    status_to_tell_ = asked.planned->answer.status;
  }
  if (asked.type != startup && asked.type != 'Q' && asked.type != 'F') skip_to_sync();
  return passed;
}

// What the server skips does not have the answer that was planned for it; a later one may.
void WireConversation::skip_to_sync() {
  bool failed_as_planned = asked_.front().own;
  while (!asked_.empty() && asked_.front().type != 'S') {
    const Asked& skipped = asked_.front();
    if (skipped.type == 'B' && skipped.planned != nullptr &&
        !std::exchange(failed_as_planned, false))
      ++skipped.planned->times;
    asked_.pop_front();
  }
  server_skips_ = asked_.empty();
}

std::string WireConversation::ready(std::string_view message) {
  const char before = std::exchange(status_, MessageReader(body_of(message)).byte());
  std::string passed;
  if (!asked_.empty()) {
    if (asked_.front().type == startup)
      for (const auto& [name, value] : rules_.parameters)
        if (!reported_.contains(name)) passed += MessageBuilder('S').text(name).text(value).wire();
    asked_.pop_front();
  }
  if (reopens(before)) return {};
  awaits_server_ = !asked_.empty();
  server_unheard_ = false;
  const char told = std::exchange(status_to_tell_, std::nullopt).value_or(status_);
  return passed + MessageBuilder('Z').byte(told).wire();
}

// The client hears of the end of its batch when the server has answered that, too.
bool WireConversation::reopens(char status_before) {
  const std::string failed = std::exchange(failed_, {});
  if (failed.empty() || status_before == 'I' || status_ != 'I') return false;
  const std::string* query = rules_.reopening(failed);
  if (query == nullptr || !asked_.empty()) return false;
  own_words_ += query_message(*query);
  asked_.push_back({.type = 'Q', .statement = failed, .own = true});
  return true;
}

}  // namespace support
