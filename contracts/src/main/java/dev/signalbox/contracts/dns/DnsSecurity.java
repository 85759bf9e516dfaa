package dev.signalbox.contracts.dns;

import org.jspecify.annotations.Nullable;

/**
 * What DNSSEC validation found (RFC 4035 section 4.3).
 *
 * @param status {@code secure}, {@code insecure}, {@code bogus} or {@code indeterminate}
 * @param reason why, as a sentence; null when there is nothing to say
 */
public record DnsSecurity(String status, @Nullable String reason) {}
