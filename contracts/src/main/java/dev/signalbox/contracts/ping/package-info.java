/** What ping-coordinator does for others: the ledger of the census of IPv4. */
@NullMarked
package dev.signalbox.contracts.ping;

import org.jspecify.annotations.NullMarked;
