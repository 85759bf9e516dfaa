/** The command {@code config}. */
@NullMarked
package dev.signalbox.cli.config;

import org.jspecify.annotations.NullMarked;
