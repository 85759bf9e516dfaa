/** The command {@code probe}: one HTTP request, its result and its times. */
@NullMarked
package dev.signalbox.cli.probe;

import org.jspecify.annotations.NullMarked;
