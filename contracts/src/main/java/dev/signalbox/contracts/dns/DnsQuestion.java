package dev.signalbox.contracts.dns;

/**
 * A question.
 *
 * @param name fully qualified, with the final dot, in master file notation
 * @param type by name, {@code TYPEnnn} for types without one
 */
public record DnsQuestion(String name, String type) {}
