/** The commands for servers on demand. */
@NullMarked
package dev.signalbox.cli.server;

import org.jspecify.annotations.NullMarked;
