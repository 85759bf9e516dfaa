/** Open connections, and which of them may carry another exchange. */
@NullMarked
package dev.signalbox.httpprobe.reuse;

import org.jspecify.annotations.NullMarked;
