/** Iterative resolution from the root, with every step kept. */
@NullMarked
package dev.signalbox.dnsclient.trace;

import org.jspecify.annotations.NullMarked;
