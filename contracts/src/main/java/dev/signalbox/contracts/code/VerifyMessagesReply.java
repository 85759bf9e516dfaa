package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * What the hash chain says.
 *
 * @param intact whether every message follows from the one before
 * @param messages how many were checked
 * @param headHash hash of the last message; 64 zeros when there is none
 * @param firstBreak id of the first message that does not follow; null when intact
 */
public record VerifyMessagesReply(
    boolean intact, long messages, String headHash, @Nullable Long firstBreak) {}
