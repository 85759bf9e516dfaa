/** What http-probe-service does for others: HTTP requests, timed and checked. */
@NullMarked
package dev.signalbox.contracts.httpprobe;

import org.jspecify.annotations.NullMarked;
