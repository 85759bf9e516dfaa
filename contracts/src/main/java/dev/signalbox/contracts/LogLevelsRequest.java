package dev.signalbox.contracts;

import org.jspecify.annotations.Nullable;

/**
 * Asks for the levels of the log of a process.
 *
 * @param change to make before; null for none
 */
public record LogLevelsRequest(@Nullable LogLevelChange change) {}
