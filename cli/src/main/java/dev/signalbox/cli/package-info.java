/** The command {@code signalbox}: the whole system in one process, or any one service of it. */
@NullMarked
package dev.signalbox.cli;

import org.jspecify.annotations.NullMarked;
