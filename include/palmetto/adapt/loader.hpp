#pragma once

#include "palmetto/adapt/reader.hpp"
#include "palmetto/adapt/type_ref.hpp"

#include <memory>

namespace palmetto {

template <class T>
struct Adapter;

/// Reads one value, all of it, by its adapter's own `read`.
template <class T>
struct InlinedRead {
  using Value = T;
  [[nodiscard]] T operator()(Reader in) const {
    T value = Adapter<T>::read(in);
    in.expect_end();
    return value;
  }
};

/// Whether an adapter has a read of its own, which can be inlined where it is known to be the one.
template <class T>
concept InlineReadable = requires { static_cast<T (*)(Reader&)>(&Adapter<T>::read); };

/// Reads a T from the values of one type in one format: what `AdaptersMap::find_loader` finds once
/// per column of a result, and every cell then goes through.
template <class T>
class Loader {
 public:
  using Function = T (*)(Reader&);
  using StatefulFunction = T (*)(Reader&, const void* state);

  /// No loader: T can't be read from that type.
  Loader() noexcept = default;
  Loader(Function function) noexcept : function_(function) {}
  /// One that needs what was resolved with it: the loader of an array's elements, a user's
  /// function.
  Loader(StatefulFunction function, std::shared_ptr<const void> state) noexcept
      : stateful_(function), state_(std::move(state)) {}

  /// Whether it is that function, and nothing else.
  [[nodiscard]] bool is(Function function) const noexcept { return function_ == function; }
  /// Whether `InlinedRead` does the same.
  [[nodiscard]] bool is_inlined() const noexcept
    requires InlineReadable<T>
  {
    return function_ == Function(&Adapter<T>::read);
  }
  explicit operator bool() const noexcept { return function_ != nullptr || stateful_ != nullptr; }

  /// Reads one value, all of it. Throws DataError when the bytes are not such a value.
  [[nodiscard]] T operator()(Reader in) const {
    // The adapter's own binary read is known here, and inlined; any other is called.
    if constexpr (InlineReadable<T>)
      if (is_inlined()) [[likely]]
        return InlinedRead<T>()(in);
    return call(in);
  }

  /// The same for many values: gives `function` what reads one, so that the choice above is made
  /// once.
  template <class F>
  decltype(auto) use(F&& function) const {
    if constexpr (InlineReadable<T>)
      if (is_inlined()) [[likely]]
        return function(InlinedRead<T>());
    return function([this](Reader in) { return call(in); });
  }

 private:
  [[nodiscard]] T call(Reader in) const {
    T value = function_ != nullptr ? function_(in) : stateful_(in, state_.get());
    in.expect_end();
    return value;
  }

  Function function_ = nullptr;
  StatefulFunction stateful_ = nullptr;
  std::shared_ptr<const void> state_;
};

/// One type that an adapter reads from, beside its own. A null function: not in that format.
template <class T>
struct Source {
  TypeRef type;
  T (*binary)(Reader&) = nullptr;
  T (*text)(Reader&) = nullptr;
};

}  // namespace palmetto
