/** The commands for codes and messages. */
@NullMarked
package dev.signalbox.cli.message;

import org.jspecify.annotations.NullMarked;
