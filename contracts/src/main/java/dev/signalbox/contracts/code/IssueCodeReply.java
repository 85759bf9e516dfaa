package dev.signalbox.contracts.code;

/**
 * A uuid's code.
 *
 * @param code at least 128 random bits, printable ASCII
 * @param created whether this call issued it, rather than an earlier one
 */
public record IssueCodeReply(String code, boolean created) {}
