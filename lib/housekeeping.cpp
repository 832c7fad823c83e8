#include "housekeeping.hpp"

#include "palmetto/pq/capabilities.hpp"

namespace palmetto::detail {

// Close never fails, not even of what is not there. DEALLOCATE does, and would take a transaction
// along: it waits for its end.
Housekeeping::Housekeeping(const flow::Wire& wire, PreparedStatements& prepared) {
  const bool closes = pq::capabilities().close_prepared;
  if (!closes && wire.transaction_status() != pq::TransactionStatus::idle) return;
  for (const std::string& name : prepared.to_close())
    texts_.push_back(closes ? name : "DEALLOCATE " + name);
  prepared.clear_to_close();
  for (const std::string& text : texts_)
    commands_.push_back(
        closes ? flow::Command{.kind = flow::Command::Kind::close, .name = text.c_str()}
               : flow::Command{text.c_str()});
}

}  // namespace palmetto::detail
