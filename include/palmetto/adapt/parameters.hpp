#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/pq/parameter_arrays.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace palmetto {

namespace detail {

template <class T>
struct ArgumentOf {
  using type = T;
};
template <>
struct ArgumentOf<char*> {
  using type = std::string_view;
};
template <>
struct ArgumentOf<const char*> {
  using type = std::string_view;
};

// A value whose type is known at run time alone; its adapter calls a function with what it is.
template <class T>
concept Alternatives = requires(void (*function)(std::nullptr_t)) {
  &Adapter<T>::template visit_alternative<decltype(function)>;
};

template <class T>
inline constexpr bool is_null_argument =
    std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>;

}  // namespace detail

/// The type whose adapter writes an argument: string literals are string_view.
template <class T>
using argument_t = typename detail::ArgumentOf<std::decay_t<T>>::type;

/// What can be passed for a `$n`: a type with an adapter, a std::optional of one, nullptr or
/// nullopt, a std::variant (variant.hpp).
template <class T>
concept Argument = detail::is_null_argument<argument_t<T>> || detail::Alternatives<argument_t<T>> ||
                   Dumpable<not_null_t<argument_t<T>>>;

namespace detail {

/// Writes arguments into the arrays that libpq takes, which are `Parameters`'s.
class ParametersWriter {
 public:
  ParametersWriter(const ParametersWriter&) = delete;
  ParametersWriter& operator=(const ParametersWriter&) = delete;

  /// Writes the next argument. Throws DataError when its type can't hold it, NotSupportedError when
  /// the server does not have its type.
  template <Argument T>
  void add(const T& argument) {
    using Value = argument_t<T>;
    out_.set_parameter(count_ + 1);
    if constexpr (is_null_argument<Value>) {
      add_null(map_.untyped_oid());
    } else if constexpr (Alternatives<Value>) {
      Adapter<Value>::visit_alternative(argument, [this](const auto& value) { this->add(value); });
    } else if constexpr (is_nullable<Value>) {
      if (argument.has_value()) add_value<not_null_t<Value>>(*argument);
      else add_null(map_.find_dumper<not_null_t<Value>>(preferred_).oid());
    } else if constexpr (std::is_same_v<Value, std::string_view>) {
      if constexpr (std::is_pointer_v<T>)
        if (argument == nullptr) return add_null(map_.untyped_oid());
      add_value<Value>(Value(argument));
    } else {
      add_value<Value>(argument);
    }
  }

  /// How many bytes the values take so far.
  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

  /// The arrays; good as long as this object, once all are added.
  [[nodiscard]] pq::ParameterArrays arrays() noexcept {
    if (!out_.is_in_place()) [[unlikely]]
      find_values();
    return {count_, storage_.types, storage_.values, storage_.lengths, storage_.formats};
  }

 protected:
  struct Storage {
    Oid* types;
    const char** values;
    int* lengths;
    int* formats;
  };
  ParametersWriter(const AdaptersMap& map, Format preferred, const WriteSubject* subject,
                   Storage storage) noexcept
      : map_(map), preferred_(preferred), out_(subject), storage_(storage) {}
  ~ParametersWriter() = default;

 private:
  template <class T>
  void add_value(const T& value) {
    if constexpr (PlainlyDumpable<T>)
      if (map_.dumps_plainly<T>(preferred_)) [[likely]] {
        const std::size_t offset = out_.size();
        Adapter<T>::write(out_, value);
        return set(Adapter<T>::type.oid, Format::binary, offset);
      }
    add_value(map_.find_dumper<T>(preferred_), value);
  }
  template <class T>
  void add_value(const Dumper<T>& dumper, const T& value) {
    const std::size_t offset = out_.size();
    dumper(out_, value);
    set(dumper.oid(), dumper.format(), offset);
  }
  void set(Oid oid, Format format, std::size_t offset) {
    const auto length = static_cast<int>(out_.size() - offset);
    out_.append('\0');  // libpq takes text up to a NUL
    storage_.types[count_] = oid;
    storage_.values[count_] = out_.data() + offset;
    storage_.lengths[count_] = length;
    storage_.formats[count_] = static_cast<int>(format);
    ++count_;
  }
  void add_null(Oid oid) noexcept;
  // The bytes may have moved when there were more of them.
  void find_values() noexcept;

  const AdaptersMap& map_;
  Format preferred_;
  Writer out_;
  Storage storage_;
  int count_ = 0;
};

}  // namespace detail

/// The arguments of one statement, written in the formats that libpq takes: no allocation for a few
/// hundred bytes of them.
template <std::size_t Count>
class Parameters : public detail::ParametersWriter {
  static_assert(Count <= 65535, "palmetto: the protocol has room for 65535 parameters");

 public:
  explicit Parameters(const AdaptersMap& map, Format preferred,
                      const WriteSubject* subject = nullptr) noexcept
      : ParametersWriter(map, preferred, subject, {types_, values_, lengths_, formats_}) {}

 private:
  static constexpr std::size_t size = Count == 0 ? 1 : Count;
  Oid types_[size];
  const char* values_[size];
  int lengths_[size];
  int formats_[size];
};

namespace detail {

// Before the writer that points into it.
struct ParametersStorage {
  explicit ParametersStorage(std::size_t size)
      : types(size), values(size), lengths(size), formats(size) {}

  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

}  // namespace detail

/// The same for arguments whose number is known at run time; at most `capacity` of them.
class DynamicParameters : private detail::ParametersStorage, public detail::ParametersWriter {
 public:
  DynamicParameters(std::size_t capacity, const AdaptersMap& map, Format preferred,
                    const WriteSubject* subject = nullptr)
      : ParametersStorage(capacity),
        ParametersWriter(map, preferred, subject,
                         {types.data(), values.data(), lengths.data(), formats.data()}) {}
};

}  // namespace palmetto
