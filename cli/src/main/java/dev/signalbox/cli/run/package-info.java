/** The command {@code run}: a file of tasks, a line each, in flat memory. */
@NullMarked
package dev.signalbox.cli.run;

import org.jspecify.annotations.NullMarked;
