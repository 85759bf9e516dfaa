/** Bounds of the whole gateway: requests in flight, bytes held, and the quotas of each client. */
@NullMarked
package dev.signalbox.gateway.limit;

import org.jspecify.annotations.NullMarked;
