#pragma once

/// All of Palmetto, but for the optional parts that bring other libraries with them (asio/,
/// adapters/multiprecision.hpp), the types of extensions (adapters/hstore.hpp, vector.hpp), the
/// tables of described structs (crdb/create_table.hpp, crdb/insert.hpp), and iostreams
/// (large_object_stream.hpp).
#include "palmetto/adapters/array.hpp"
#include "palmetto/adapters/bit_string.hpp"
#include "palmetto/adapters/boolean.hpp"
#include "palmetto/adapters/bytea.hpp"
#include "palmetto/adapters/composite.hpp"
#include "palmetto/adapters/datetime.hpp"
#include "palmetto/adapters/enumeration.hpp"
#include "palmetto/adapters/floating.hpp"
#include "palmetto/adapters/geometric.hpp"
#include "palmetto/adapters/integer.hpp"
#include "palmetto/adapters/interval.hpp"
#include "palmetto/adapters/mac_address.hpp"
#include "palmetto/adapters/money.hpp"
#include "palmetto/adapters/nearest.hpp"
#include "palmetto/adapters/network.hpp"
#include "palmetto/adapters/numeric.hpp"
#include "palmetto/adapters/pg_lsn.hpp"
#include "palmetto/adapters/range.hpp"
#include "palmetto/adapters/strong_typedef.hpp"
#include "palmetto/adapters/text.hpp"
#include "palmetto/adapters/text_search.hpp"
#include "palmetto/adapters/tid.hpp"
#include "palmetto/adapters/time_of_day.hpp"
#include "palmetto/adapters/transaction_id.hpp"
#include "palmetto/adapters/variant.hpp"
#include "palmetto/config.hpp"
#include "palmetto/connection.hpp"
#include "palmetto/copy_in.hpp"
#include "palmetto/copy_out.hpp"
#include "palmetto/cursor.hpp"
#include "palmetto/large_object.hpp"
#include "palmetto/pipeline.hpp"
#include "palmetto/prepared.hpp"
#include "palmetto/retry.hpp"
#include "palmetto/sql/composition.hpp"
#include "palmetto/stream.hpp"
#include "palmetto/two_phase_transaction.hpp"
#if PALMETTO_HAS_JSON
#include "palmetto/adapters/json.hpp"
#endif
#if PALMETTO_HAS_UUID
#include "palmetto/adapters/uuid.hpp"
#endif
#if PALMETTO_HAS_CRDB
#include "palmetto/crdb/adapters.hpp"
#include "palmetto/crdb/connection.hpp"
#include "palmetto/crdb/features.hpp"
#include "palmetto/crdb/run_transaction.hpp"
#include "palmetto/crdb/sessions.hpp"
#include "palmetto/crdb/system_time.hpp"
#include "palmetto/crdb/transaction_options.hpp"
#include "palmetto/crdb/version.hpp"
#endif
