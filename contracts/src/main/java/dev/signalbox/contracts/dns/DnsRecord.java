package dev.signalbox.contracts.dns;

/**
 * A resource record.
 *
 * @param name owner, fully qualified, with the final dot
 * @param type by name, {@code TYPEnnn} for types without one
 * @param ttl time to live, seconds, 0 to 4,294,967,295
 * @param data in master file notation; RFC 3597's {@code \# length hex} for unknown types
 */
public record DnsRecord(String name, String type, long ttl, String data) {}
