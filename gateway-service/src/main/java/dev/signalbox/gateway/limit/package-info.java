/** What bounds the gateway as a whole: requests in flight, bytes held, what one client may have. */
@NullMarked
package dev.signalbox.gateway.limit;

import org.jspecify.annotations.NullMarked;
