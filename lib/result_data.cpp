#include "palmetto/result_data.hpp"

#include "palmetto/errors.hpp"

namespace palmetto::detail {

ResultData::ResultData(pq::Result&& result, const AdaptersMap& adapters,
                       const StatementText& statement)
    : ResultData(std::move(result), statement) {
  adapters_ = adapters;
}

ResultData::ResultData(pq::Result&& description, const AdaptersMap& adapters,
                       const StatementText& statement, Format cells)
    : ResultData(std::move(description), adapters, statement) {
  format_ = cells;
  has_own_format_ = true;
}

ResultData::~ResultData() = default;

void ResultData::own_shown() {
  owned_ = shown_;
  shown_ = owned_;
}

std::string ResultData::describe_column(int column) const {
  return "column " + std::to_string(column + 1) + " \"" + std::string(result_.fname(column)) +
         "\" (" + adapters().types().display(result_.ftype(column)) + ")";
}

bool ResultData::knows_type_of(int column) const {
  const Oid oid = result_.ftype(column);
  return adapters().types().find(oid) != nullptr ||
         adapters().types().find_by_array(oid) != nullptr;
}

int ResultData::look_for_column(std::string_view name) const noexcept {
  int found = none;
  for (int column = 0; column < result_.nfields(); ++column) {
    if (result_.fname(column) != name) continue;
    if (found != none) return several;
    found = column;
  }
  return found;
}

int ResultData::find_column(std::string_view name) const {
  const int column = look_for_column(name);
  if (column == none)
    fail<ProgrammingError>("the result has no column \"" + std::string(name) + "\"");
  if (column == several)
    fail<ProgrammingError>("the result has several columns \"" + std::string(name) + "\"");
  return column;
}

void ResultData::fail_null(int column, int row) const {
  fail<DataError>(describe_column(column) + ", row " + std::to_string(row + 1) +
                  ": NULL, which the C++ type does not take; std::optional does");
}

void ResultData::fail_malformed() const {
  fail<DataError>("what the server sent is not COPY's binary format: a row's fields do not add up");
}

void ColumnSubject::fail(int row, std::string_view reason) const {
  data_->fail<DataError>(data_->describe_column(column_) + ", row " + std::to_string(row + 1) +
                         ": " + std::string(reason));
}

void Mismatches::add(std::string reason) {
  if (!reasons_.empty()) reasons_ += "; ";
  reasons_ += reason;
}

void Mismatches::throw_count(int wanted) {
  add("the result has " + std::to_string(data_.result().nfields()) +
      " columns, the C++ type takes " + std::to_string(wanted));
  throw_all();
}

int Mismatches::find_column(std::string_view name) {
  const int column = data_.look_for_column(name);
  if (column == ResultData::none) add("the result has no column \"" + std::string(name) + "\"");
  if (column == ResultData::several)
    add("the result has several columns \"" + std::string(name) + "\"");
  return column;
}

void Mismatches::no_loader(int column, std::string_view cpp_name) {
  const bool text = data_.format(column) == Format::text;
  const bool known = data_.knows_type_of(column);
  add(data_.describe_column(column) + " can't be read as " + std::string(cpp_name) +
      (text ? " from its text format" : "") +
      (known ? "" : ": the type is not registered, see AdaptersMap::register_types"));
}

void Mismatches::no_dumper(int column, std::string_view cpp_name) {
  add(data_.describe_column(column) + " can't be written from " + std::string(cpp_name));
}

void Mismatches::no_member(int column) {
  add(data_.describe_column(column) + " is no member of the C++ type");
}

void Mismatches::throw_all() const { data_.fail<TypeMismatch>(reasons_); }

}  // namespace palmetto::detail
