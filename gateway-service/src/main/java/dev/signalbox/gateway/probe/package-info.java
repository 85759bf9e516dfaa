/** {@code GET /probe} as prometheus's blackbox_exporter answers it, over the probing operations. */
@NullMarked
package dev.signalbox.gateway.probe;

import org.jspecify.annotations.NullMarked;
