/** Shared by the commands that run tasks: arguments, and where the tasks run. */
@NullMarked
package dev.signalbox.cli.command;

import org.jspecify.annotations.NullMarked;
