/** URLs, read once and strictly, so that no two readers can disagree about the host. */
@NullMarked
package dev.signalbox.httpprobe.url;

import org.jspecify.annotations.NullMarked;
