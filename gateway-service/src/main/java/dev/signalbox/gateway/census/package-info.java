/** The ping census: the classic calls, their twins, and the pages. */
@NullMarked
package dev.signalbox.gateway.census;

import org.jspecify.annotations.NullMarked;
