/** What a process finds wrong with itself: checks, and since when each finding has been there. */
@NullMarked
package dev.signalbox.platform.diagnostic;

import org.jspecify.annotations.NullMarked;
