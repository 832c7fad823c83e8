#include "connect_attempts.hpp"

#include "palmetto/errors.hpp"
#include "palmetto/pq/capabilities.hpp"

#include <algorithm>
#include <random>

namespace palmetto::detail {
namespace {

// What is empty is libpq's default.
struct Host {
  std::string name;
  std::string address;
  std::string port;
};

// The items of "a,,b", of which the second is empty.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = list.find(',');
    items.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    list.remove_prefix(comma + 1);
  }
}

std::vector<std::string> items_of(const ConnectOptions& options, std::string_view keyword) {
  const std::string* list = find_option(options, keyword);
  return list == nullptr || list->empty() ? std::vector<std::string>() : split(*list);
}

// As libpq says it.
[[noreturn]] void throw_mismatch(std::size_t count, const char* what, std::size_t other_count,
                                 const char* other) {
  throw ProgrammingError("could not match " + std::to_string(count) + what +
                         std::to_string(other_count) + other);
}

std::vector<Host> hosts_of(const ConnectOptions& options) {
  const std::vector<std::string> names = items_of(options, "host");
  const std::vector<std::string> addresses = items_of(options, "hostaddr");
  const std::vector<std::string> ports = items_of(options, "port");
  if (!names.empty() && !addresses.empty() && names.size() != addresses.size())
    throw_mismatch(names.size(), " host names to ", addresses.size(), " hostaddr values");
  const std::size_t count = std::max({names.size(), addresses.size(), std::size_t{1}});
  if (ports.size() > 1 && ports.size() != count)
    throw_mismatch(ports.size(), " port numbers to ", count, " hosts");

  std::vector<Host> hosts(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!names.empty()) hosts[i].name = names[i];
    if (!addresses.empty()) hosts[i].address = addresses[i];
    if (!ports.empty()) hosts[i].port = ports.size() == 1 ? ports[0] : ports[i];
  }
  return hosts;
}

void set(ConnectOptions& options, std::string_view keyword, const std::string& value) {
  std::erase_if(options, [&](const auto& option) { return option.keyword == keyword; });
  options.push_back({std::string(keyword), value});
}

bool is_random(const ConnectOptions& resolved,
               const std::optional<LoadBalanceHosts>& load_balance) {
  if (load_balance) return *load_balance == LoadBalanceHosts::random;
  const std::string* given = find_option(resolved, "load_balance_hosts");
  return given != nullptr && *given == "random";
}

void shuffle(std::vector<Host>& hosts) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::ranges::shuffle(hosts, random);
}

void append_attempts(std::vector<ConnectOptions>& attempts, const ConnectOptions& options,
                     const std::vector<Host>& hosts) {
  for (const Host& host : hosts) {
    ConnectOptions& attempt = attempts.emplace_back(options);
    set(attempt, "host", host.name);
    set(attempt, "hostaddr", host.address);
    set(attempt, "port", host.port);
  }
}

}  // namespace

const std::string* find_option(const ConnectOptions& options, std::string_view keyword) {
  const auto found = std::ranges::find(options, keyword, &pq::ConninfoOption::keyword);
  return found == options.end() ? nullptr : &found->value;
}

std::vector<ConnectOptions> connect_attempts(const ConnectOptions& given,
                                             const ConnectOptions& resolved,
                                             const std::optional<LoadBalanceHosts>& load_balance) {
  ConnectOptions options = given;
  // A host's addresses are libpq's to shuffle, where it can.
  if (load_balance && pq::capabilities().libpq_version >= 160000)
    set(options, "load_balance_hosts", is_random(resolved, load_balance) ? "random" : "disable");
  std::vector<Host> hosts = hosts_of(resolved);
  if (hosts.size() == 1) return {options};
  if (is_random(resolved, load_balance)) shuffle(hosts);

  std::vector<ConnectOptions> attempts;
  const std::string* attributes = find_option(resolved, "target_session_attrs");
  if (attributes == nullptr || *attributes != "prefer-standby") {
    append_attempts(attempts, options, hosts);
    return attempts;
  }
  for (const char* pass : {"standby", "any"}) {
    set(options, "target_session_attrs", pass);
    append_attempts(attempts, options, hosts);
  }
  return attempts;
}

}  // namespace palmetto::detail
