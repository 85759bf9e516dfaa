/** Answers kept for as long as they hold, and questions asked once for all who ask them. */
@NullMarked
package dev.signalbox.dnsclient.cache;

import org.jspecify.annotations.NullMarked;
