#pragma once

#include "palmetto/pq/notify.hpp"

#include <cstdint>
#include <functional>

namespace palmetto {

/// A notification of LISTEN and NOTIFY: `channel`, `payload`, and the `backend_pid` that sent it.
/// Source: psycopg's `Notify`.
using Notify = pq::Notify;

/// Called with a notification, by the thread that uses the connection, never within an operation
/// but at its end, and never while a transaction is open, but after it. It may use the connection.
///
/// What it throws is thrown by the operation in place of its result, though that was done, a commit
/// too; the notifications behind this one are for the next operation. After an operation that
/// itself threw they all are.
using NotifyHandler = std::function<void(const Notify&)>;

/// What names a handler that was added, among those of its connection.
enum class NotifyHandlerId : std::uint32_t {};

}  // namespace palmetto
