/** Levels of the log that change while a process runs. */
@NullMarked
package dev.signalbox.platform.log;

import org.jspecify.annotations.NullMarked;
