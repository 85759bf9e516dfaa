package dev.signalbox.sweep;

/**
 * A block whose names are wanted.
 *
 * @param block an IPv4 /24, such as {@code 192.0.2.0/24}
 */
public record SweepRequest(String block) {}
