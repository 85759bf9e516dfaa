package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Results of neighbouring blocks, without opted-out addresses.
 *
 * @param bitmaps 8,192 bytes for each block, zeros for one without a result
 * @param rtt 65,536 codes ({@link RttCode}) for each block, zeros where there is none; null unless
 *     asked for
 */
public record ReadBlocksReply(Binary bitmaps, @Nullable Binary rtt) {}
