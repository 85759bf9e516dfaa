package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * All rounds.
 *
 * @param rounds the newest, which is the current one, last
 */
public record ListRoundsReply(List<Round> rounds) {}
