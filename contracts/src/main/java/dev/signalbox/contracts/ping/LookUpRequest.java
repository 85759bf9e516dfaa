package dev.signalbox.contracts.ping;

/**
 * Asks what is known of an address or network.
 *
 * @param address its first address as a number, 0 to 4294967295
 * @param length the length of its prefix, 8 to 32
 */
public record LookUpRequest(long address, int length) {}
