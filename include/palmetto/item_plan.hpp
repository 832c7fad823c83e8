#pragma once

#include "palmetto/adapt/parameters.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/in_flight.hpp"
#include "palmetto/row_fields.hpp"
#include "palmetto/stored.hpp"

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

/// How the fields of all the items of `execute_many` are written: what is the same for each is
/// found out once.
///
///     ItemPlan<int, std::string_view> plan(map, Format::binary);
///     if (plan.stores()) send(plan.write(in_flight, subject, 1, "Ada"));
namespace palmetto::detail {

template <class T>
concept StoredField = !is_null_argument<T> && Stored<not_null_t<T>>;

/// Of fields of these types.
template <class... Ts>
class ItemPlan {
  static constexpr std::size_t size = sizeof...(Ts) == 0 ? 1 : sizeof...(Ts);  // of the arrays

 public:
  /// Whether items of these types can be written at all in this way.
  static constexpr bool is_possible = sizeof...(Ts) != 0 && (StoredField<Ts> && ...);

  /// Throws as `AdaptersMap::find_dumper`.
  ItemPlan(const AdaptersMap& map, Format preferred) {
    std::size_t parameter = 0;
    (resolve<not_null_t<Ts>>(map, preferred, parameter++), ...);
  }
  ItemPlan(const ItemPlan&) = delete;
  ItemPlan& operator=(const ItemPlan&) = delete;

  /// Whether they are written in this way here, where nobody registered other dumpers.
  [[nodiscard]] bool stores() const noexcept { return stores_; }

  /// Writes the fields of an item: their texts where they are kept. The arrays are good, and the
  /// same but for the values, until the next one. Throws DataError.
  template <class... Args>
  [[nodiscard]] pq::ParameterArrays write(InFlight& in_flight, const WriteSubject& subject,
                                          const Args&... fields) {
    InFlightTexts texts(in_flight, size, (bound<Ts>(fields) + ... + 0));
    std::size_t parameter = 0;
    (put<Ts>(texts, subject, parameter++, fields), ...);
    texts.commit();
    return {size, types_, values_, lengths_, formats_};
  }

 private:
  template <class Value>
  void resolve(const AdaptersMap& map, Format preferred, std::size_t parameter) {
    const Dumper<Value> dumper = map.find_dumper<Value>(preferred);
    stores_ = stores_ && is_builtin(dumper);
    types_[parameter] = dumper.oid();
    formats_[parameter] = static_cast<int>(dumper.format());
    values_[parameter] = fixed_[parameter];
    lengths_[parameter] = sizeof(Value);
  }

  template <class Arg>
  [[nodiscard]] static bool is_null(const Arg& field) noexcept {
    if constexpr (is_nullable<Arg>) return !field.has_value();
    else if constexpr (std::is_pointer_v<Arg>) return field == nullptr;
    else return false;
  }
  template <class Arg>
  [[nodiscard]] static const auto& value_of(const Arg& field) noexcept {
    if constexpr (is_nullable<Arg>) return *field;
    else return field;
  }

  template <class T, class Arg>
  [[nodiscard]] static std::size_t bound(const Arg& field) noexcept {
    if constexpr (!StoredText<not_null_t<T>>) return 0;
    else return is_null(field) ? 0 : InFlightTexts::bound(std::string_view(value_of(field)).size());
  }

  template <class T, class Arg>
  void put(InFlightTexts& texts, const WriteSubject& subject, std::size_t parameter,
           const Arg& field) {
    if (is_null(field)) {
      values_[parameter] = nullptr;
    } else if constexpr (StoredText<not_null_t<T>>) {
      const std::string_view text(value_of(field));
      char* const at = texts.begin(parameter, text.size());
      if (store_text(at, text.data(), text.size()) == nullptr) [[unlikely]]
        throw_nul(text, parameter, subject);
      values_[parameter] = at;
      lengths_[parameter] = static_cast<int>(text.size());
    } else {
      store_fixed(fixed_[parameter], value_of(field));
      if constexpr (is_nullable<Arg>) values_[parameter] = fixed_[parameter];
    }
  }

  // As the dumper does.
  static void throw_nul(std::string_view text, std::size_t parameter, const WriteSubject& subject) {
    Writer out(&subject);
    out.set_parameter(static_cast<int>(parameter) + 1);
    write_text_parameter(out, text);
  }

  Oid types_[size];
  const char* values_[size];
  int lengths_[size];
  int formats_[size];
  char fixed_[size][8];
  bool stores_ = true;
};

/// What is written for the fields of a row.
template <class... Fields>
using PlanOf = ItemPlan<argument_t<Fields>...>;
template <class Row>
using item_plan_t = typename OfFields<PlanOf, Row>::type;

}  // namespace palmetto::detail
