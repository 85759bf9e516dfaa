/** One request and its answer over HTTP/1.1 or HTTP/2, and where a redirect leads. */
@NullMarked
package dev.signalbox.httpprobe.exchange;

import org.jspecify.annotations.NullMarked;
