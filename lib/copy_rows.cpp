#include "copy_rows.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::detail {

void CopyRows::prepare(const char* query, const pq::ParameterArrays& parameters,
                       const MakeCopy& make) {
  parameters_.keep(parameters);
  own().begin();
  pq::Result description = describe(query, parameters);
  std::vector<Oid> types;
  for (int i = 0; i < description.nparams(); ++i) types.push_back(description.paramtype(i));
  copy_ = make(types);
  reader_ = BinaryCopyReader(description.nfields());
  description_ =
      ResultHandle(new ResultData(std::move(description), adapters(), statement(), Format::binary));
}

// False when there is nothing to begin: they have ended.
bool CopyRows::begin() {
  if (copy_.empty()) return false;
  require_usable();
  open();
  if (!wire().send_query_params(copy_.c_str(), {}, Format::binary)) fail({});
  copy_ = {};
  auto arrived = run(flow::next_rows(wire()), deadline());
  if (arrived.expired) fail_expired();
  if (arrived.result.status() != pq::ResultStatus::copy_out)
    fail(std::move(arrived.result), parameters_.arrays());
  return true;
}

// The road of every row: no waiting, no allocation of ours, and nothing that costs registers.
bool CopyRows::next() {
  if (!is_open() && !begin()) [[unlikely]]
    return false;
  ++row_;
  pq::CopyStatus arrived = pq::CopyStatus::failed;
  if (!session().closed()) [[likely]] {
    arrived = wire().get_copy_data(block_);
    if (arrived == pq::CopyStatus::data && reader_.is_next_row(block_.view(), fields_)) [[likely]]
      return true;
  }
  return next_after(arrived);
}

bool CopyRows::next_after(pq::CopyStatus arrived) {
  using Block = BinaryCopyReader::Block;
  while (true) {
    require_usable();
    if (arrived == pq::CopyStatus::data) {
      const Block read = reader_.read(block_.view(), fields_);
      if (read == Block::row) return true;
      if (read == Block::malformed) fail_malformed(reader_.problem());
    } else if (arrived != pq::CopyStatus::pending || !wait()) {
      return end();
    }
    if (!session().closed()) arrived = wire().get_copy_data(block_);
  }
}

// False when the connection broke: the COPY's result says why.
bool CopyRows::wait() {
  const flow::CopyStep step = run(flow::wait_for_block(wire()), deadline());
  if (step == flow::CopyStep::expired) fail_expired();
  return step == flow::CopyStep::done;
}

bool CopyRows::end() {
  auto arrived = run(flow::next_rows(wire()), deadline());
  if (arrived.expired) fail_expired();
  const bool ended = arrived.result && arrived.result.status() == pq::ResultStatus::command_ok;
  if (!ended || wire().status() == pq::ConnStatus::bad)
    fail(std::move(arrived.result), parameters_.arrays());
  if (!reader_.ended()) fail_malformed("it ends without a trailer");
  complete();
  return false;
}

void CopyRows::fail_malformed(const char* problem) {
  leave();
  throw DataError("what the server sent is not COPY's binary format: " + std::string(problem),
                  {std::string(statement().shown), statement().where});
}

void CopyRows::leave() noexcept {
  copy_.clear();
  if (is_open()) abandon();
  own().abandon();
}

}  // namespace palmetto::detail
