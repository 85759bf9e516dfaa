/** What the commands that run tasks share: arguments, and who runs the tasks. */
@NullMarked
package dev.signalbox.cli.command;

import org.jspecify.annotations.NullMarked;
