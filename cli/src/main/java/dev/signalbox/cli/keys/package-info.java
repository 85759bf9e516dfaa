/** The command {@code cluster-keys}. */
@NullMarked
package dev.signalbox.cli.keys;

import org.jspecify.annotations.NullMarked;
