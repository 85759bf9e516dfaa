/**
 * How a service keeps what must not be lost: SQLite by default, PostgreSQL when it has replicas,
 * one code path for both. The service has the SQL; this package has the transactions, the one fsync
 * many callers share, the deadlines and the bounds.
 */
@NullMarked
package dev.signalbox.storage;

import org.jspecify.annotations.NullMarked;
