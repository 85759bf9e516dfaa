/** The ledger of the census: tasks, leases, results and errors, kept in storage. */
@NullMarked
package dev.signalbox.ping.ledger;

import org.jspecify.annotations.NullMarked;
