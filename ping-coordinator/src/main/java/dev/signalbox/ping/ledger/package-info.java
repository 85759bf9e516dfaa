/**
 * The ledger of the census: tasks, leases, results and errors, kept in storage.
 *
 * <p>Replicas on one PostgreSQL lock rows in one order, or they would end in deadlocks: tasks by
 * index and copy; then participants; then everything else. A lease locks its participant before its
 * tasks, but takes only tasks that nobody holds and so waits for none. Leases of one transaction
 * run last and in the order of {@link Participants#lockKey}. What this order does not cover, such
 * as the tasks of two submissions in one transaction, PostgreSQL resolves by ending one of the two
 * transactions, which is run again.
 */
@NullMarked
package dev.signalbox.ping.ledger;

import org.jspecify.annotations.NullMarked;
