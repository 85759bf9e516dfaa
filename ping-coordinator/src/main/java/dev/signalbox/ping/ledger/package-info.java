/**
 * The ledger of the census: tasks, leases, results and errors, kept in storage.
 *
 * <p>Replicas on one PostgreSQL lock rows in one order, or they would end in deadlocks: tasks by
 * index and copy; then participants; then everything else. A lease locks its participant before its
 * tasks, but takes only tasks that are not locked and so waits for none. Submissions of one
 * transaction run in the order of their tasks and leases last, in the order of {@link
 * Participants#lockKey}. What this order does not cover PostgreSQL resolves by ending one of two
 * transactions, whose works are then run each alone.
 */
@NullMarked
package dev.signalbox.ping.ledger;

import org.jspecify.annotations.NullMarked;
