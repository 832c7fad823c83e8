#pragma once

#include "palmetto/adapt/writer.hpp"
#include "palmetto/format.hpp"
#include "palmetto/oid.hpp"

#include <memory>

namespace palmetto {

/// Writes a T as a parameter: what `AdaptersMap::find_dumper` finds.
template <class T>
class Dumper {
 public:
  using Function = void (*)(Writer&, const T&);
  using StatefulFunction = void (*)(Writer&, const T&, const void* state);

  /// No dumper: what is still to be found.
  Dumper() noexcept = default;
  Dumper(Oid oid, Format format, Function function) noexcept
      : oid_(oid), format_(format), function_(function) {}
  /// One that needs what was resolved with it: the dumper of an array's elements, a user's
  /// function.
  Dumper(Oid oid, Format format, StatefulFunction function,
         std::shared_ptr<const void> state) noexcept
      : oid_(oid), format_(format), stateful_(function), state_(std::move(state)) {}

  /// The type that the value is sent as; 0: the server infers it.
  [[nodiscard]] Oid oid() const noexcept { return oid_; }
  [[nodiscard]] Format format() const noexcept { return format_; }

  /// Whether it is that function, and nothing else.
  [[nodiscard]] bool is(Function function) const noexcept { return function_ == function; }

  /// Appends the value's bytes. Throws DataError, by `Writer::fail`, when the type can't hold it.
  void operator()(Writer& out, const T& value) const {
    if (function_ != nullptr) function_(out, value);
    else stateful_(out, value, state_.get());
  }

 private:
  Oid oid_ = 0;
  Format format_ = Format::text;
  Function function_ = nullptr;
  StatefulFunction stateful_ = nullptr;
  std::shared_ptr<const void> state_;
};

}  // namespace palmetto
