package dev.signalbox.contracts.ping;

/**
 * Asks for the results of neighbouring blocks.
 *
 * @param round which round
 * @param first the first block, 0 to 65535
 * @param count how many; 1 to 128, with round-trip times to 16
 * @param rtt whether round-trip times are wanted
 */
public record ReadBlocksRequest(int round, int first, int count, boolean rtt) {}
