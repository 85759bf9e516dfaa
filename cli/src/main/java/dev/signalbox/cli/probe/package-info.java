/** The command {@code probe}: one HTTP request, and what users of curl want to know of it. */
@NullMarked
package dev.signalbox.cli.probe;

import org.jspecify.annotations.NullMarked;
