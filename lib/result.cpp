#include "palmetto/result.hpp"

#include "command_tag.hpp"

namespace palmetto {

std::int64_t Result::rows_affected() const noexcept {
  return detail::rows_of(data_->result().command_tag());
}

std::vector<Column> Result::description() const {
  const pq::Result& result = data_->result();
  std::vector<Column> columns;
  for (int i = 0; i < result.nfields(); ++i)
    columns.push_back({std::string(result.fname(i)), result.ftype(i),
                       data_->adapters().types().display(result.ftype(i)), result.fmod(i),
                       result.fformat(i)});
  return columns;
}

Row Result::operator[](std::size_t row) const {
  if (row >= size())
    data_->fail<ProgrammingError>("the result has " + std::to_string(size()) +
                                  " rows, none of number " + std::to_string(row));
  return {data_, static_cast<int>(row)};
}

void Result::throw_size(const char* wanted) const {
  data_->fail<RowCountError>("the result has " + std::to_string(size()) + " rows, " + wanted +
                             " was expected");
}

std::string Row::no_column(std::size_t column) const {
  return "the result has " + std::to_string(size()) + " columns, none of number " +
         std::to_string(column);
}

}  // namespace palmetto
