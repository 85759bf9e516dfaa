/** The ping census over REST: the classic calls and their twins. */
@NullMarked
package dev.signalbox.gateway.census;

import org.jspecify.annotations.NullMarked;
