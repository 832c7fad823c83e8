#pragma once

#include "palmetto/adapt/adapters_map.hpp"
#include "palmetto/format.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace palmetto::detail {

class ResultData;
template <class Row>
class RowPlan;

/// The plans by which the results of one prepared statement are read: each is made when a result is
/// read as its type for the first time, and kept for those that follow. For several threads, since
/// a result may be read by another one than its connection's.
class RowPlans : public boost::intrusive_ref_counter<RowPlans> {
 public:
  RowPlans(AdaptersMap adapters, Format format) noexcept
      : adapters_(std::move(adapters)), format_(format) {}
  ~RowPlans() {
    for (const Kept* kept = first_.load(std::memory_order_acquire); kept != nullptr;)
      delete std::exchange(kept, kept->next);
  }
  RowPlans(const RowPlans&) = delete;
  RowPlans& operator=(const RowPlans&) = delete;

  /// Whether they are those of results in that format, read with these adapters. As they have a
  /// copy of them, nobody can have changed them since.
  [[nodiscard]] bool are_for(const AdaptersMap& adapters, Format format) const noexcept {
    return format_ == format && adapters_.is_shared_with(adapters);
  }

  [[nodiscard]] const AdaptersMap& adapters() const noexcept { return adapters_; }

  /// Good as long as this object. Throws as the plan's constructor does.
  template <class Row>
  [[nodiscard]] const RowPlan<Row>& plan_of(const ResultData& data) const {
    for (const Kept* kept = first_.load(std::memory_order_acquire); kept != nullptr;
         kept = kept->next)
      if (kept->type == &type_of<Row>) return static_cast<const KeptPlan<Row>*>(kept)->plan;
    auto made = std::make_unique<KeptPlan<Row>>(data);
    made->next = first_.load(std::memory_order_relaxed);
    while (!first_.compare_exchange_weak(made->next, made.get(), std::memory_order_release,
                                         std::memory_order_relaxed)) {}
    return made.release()->plan;
  }

 private:
  template <class Row>
  static constexpr char type_of = 0;  // its address is the type's

  struct Kept {
    explicit Kept(const char* row_type) noexcept : type(row_type) {}
    virtual ~Kept() = default;
    const char* type;
    const Kept* next = nullptr;
  };
  template <class Row>
  struct KeptPlan final : Kept {
    explicit KeptPlan(const ResultData& data) : Kept(&type_of<Row>), plan(data) {}
    RowPlan<Row> plan;
  };

  const AdaptersMap adapters_;
  const Format format_;
  mutable std::atomic<const Kept*> first_{nullptr};
};

using SharedRowPlans = boost::intrusive_ptr<const RowPlans>;

}  // namespace palmetto::detail
