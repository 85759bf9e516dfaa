/** The stages of a hop: how long each took, and the errors that end a probe in one of them. */
@NullMarked
package dev.signalbox.httpprobe.phase;

import org.jspecify.annotations.NullMarked;
