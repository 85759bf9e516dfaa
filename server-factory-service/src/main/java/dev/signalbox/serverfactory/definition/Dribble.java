package dev.signalbox.serverfactory.definition;

/**
 * A body that is sent piece by piece: the first at once, the last when the time has passed.
 *
 * @param chunks pieces, at most one for each byte
 * @param overMs milliseconds
 */
public record Dribble(int chunks, long overMs) {}
