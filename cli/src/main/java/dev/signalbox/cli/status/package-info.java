/** The command {@code status}. */
@NullMarked
package dev.signalbox.cli.status;

import org.jspecify.annotations.NullMarked;
