package dev.signalbox.contracts.serverfactory;

import java.util.List;

/**
 * What became of an offer.
 *
 * @param taken those of the servers that listen at the instance that answers, and are its own now
 */
public record TakeOverServersReply(List<String> taken) {}
