package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * Some opt-outs.
 *
 * @param optOuts in the order of their ids
 * @param more whether there are more
 */
public record ListOptOutsReply(List<OptOut> optOuts, boolean more) {}
