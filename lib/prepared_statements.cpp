#include "prepared_statements.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace palmetto::detail {

bool PreparedStatements::Key::operator==(const Key& other) const noexcept {
  return text == other.text && std::ranges::equal(types, other.types);
}

std::size_t PreparedStatements::Hash::operator()(const Key& key) const noexcept {
  std::size_t hash = std::hash<std::string_view>()(key.text);
  for (const Oid oid : key.types) hash = hash * 31 + oid;
  return hash;
}

const PreparedStatements::Shared* PreparedStatements::Lru::use(const Key& key) {
  const auto found = index.find(key);
  if (found == index.end()) return nullptr;
  order.splice(order.begin(), order, found->second);
  return &order.front();
}

const PreparedStatements::Shared& PreparedStatements::Lru::add(Shared statement) {
  order.push_front(std::move(statement));
  index.emplace(key_of(*order.front()), order.begin());
  return order.front();
}

void PreparedStatements::Lru::remove(const PreparedStatement& statement) {
  const auto found = index.find(key_of(statement));
  if (found == index.end() || found->second->get() != &statement) return;
  const auto place = found->second;
  index.erase(found);
  order.erase(place);
}

void PreparedStatements::Lru::shrink_to(std::size_t size) {
  while (order.size() > size) {
    index.erase(key_of(*order.back()));
    order.pop_back();
  }
}

const PreparedStatements::Shared& PreparedStatements::look_up(const StatementText& statement,
                                                              const pq::ParameterArrays& parameters,
                                                              int threshold) {
  const std::span<const Oid> types(parameters.types, static_cast<std::size_t>(parameters.count));
  const Key key{statement.view(), types};
  if (const Shared* prepared = prepared_.use(key)) {
    if (statement.is_literal) (*prepared)->literal = statement.text;
    return *prepared;
  }
  const Shared* counted = counted_.use(key);
  if (counted == nullptr) {
    counted = &counted_.add(std::make_shared<PreparedStatement>(
        PreparedStatement{std::string(key.text), {types.begin(), types.end()}}));
    counted_.shrink_to(std::max<std::size_t>(most_, 1));
  }
  if ((*counted)->executions++ < threshold) return none_;
  Shared next = *counted;
  counted_.remove(*next);
  return prepared_.add(std::move(next));
}

void PreparedStatements::give_name(PreparedStatement& statement) {
  make_room();
  statement.name = "palmetto_" + std::to_string(++last_name_);
}

// The one that is being prepared is the most recently used, and stays.
void PreparedStatements::make_room() {
  auto& order = prepared_.order;
  auto kept = static_cast<std::size_t>(
      std::ranges::count_if(order, [](const Shared& statement) { return statement->pins == 0; }));
  for (auto last = order.end(); kept > std::max<std::size_t>(most_, 1) && last != order.begin();) {
    --last;
    const Shared candidate = *last;
    if (candidate->pins != 0 || last == order.begin()) continue;
    ++last;
    drop(*candidate);
    prepared_.remove(*candidate);
    --kept;
  }
}

void PreparedStatements::forget(PreparedStatement& statement) noexcept {
  statement.name.clear();
  statement.plans.reset();
}

void PreparedStatements::forget_all() noexcept {
  for (const Shared& statement : prepared_.order) forget(*statement);
  to_close_.clear();
}

void PreparedStatements::drop(PreparedStatement& statement) {
  if (!statement.name.empty()) to_close_.push_back(std::move(statement.name));
  forget(statement);
}

void PreparedStatements::drop_all() {
  for (const Shared& statement : prepared_.order) drop(*statement);
}

}  // namespace palmetto::detail
