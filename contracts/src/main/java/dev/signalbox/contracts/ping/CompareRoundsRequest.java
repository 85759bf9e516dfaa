package dev.signalbox.contracts.ping;

/**
 * Asks what changed between two rounds.
 *
 * @param earlier the round that counts as before
 * @param later the round that counts as after
 * @param first the first block, 0 to 65535
 * @param count how many blocks, 1 to 4096
 */
public record CompareRoundsRequest(int earlier, int later, int first, int count) {}
