/** The commands for the ping census. */
@NullMarked
package dev.signalbox.cli.census;

import org.jspecify.annotations.NullMarked;
