/**
 * What volunteers of the census run: leases blocks from a site, pings them, submits who answered.
 */
@NullMarked
package dev.signalbox.worker;

import org.jspecify.annotations.NullMarked;
