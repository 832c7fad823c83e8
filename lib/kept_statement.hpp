#pragma once

#include "palmetto/sql/statement.hpp"

#include <string>

namespace palmetto::detail {

/// A statement that outlives the call that it was given to.
class KeptStatement {
 public:
  explicit KeptStatement(const StatementText& statement)
      : statement_(statement),
        text_(statement.is_literal ? "" : statement.text),
        shown_(statement.is_literal ? std::string_view() : statement.shown) {}

  [[nodiscard]] StatementText view() const noexcept {
    StatementText view = statement_;
    if (view.is_literal) return view;
    view.text = text_.c_str();
    view.shown = shown_;
    return view;
  }

 private:
  StatementText statement_;
  std::string text_;
  std::string shown_;
};

}  // namespace palmetto::detail
