/** Bounds of what clients can make a service hold. */
@NullMarked
package dev.signalbox.platform.limit;

import org.jspecify.annotations.NullMarked;
