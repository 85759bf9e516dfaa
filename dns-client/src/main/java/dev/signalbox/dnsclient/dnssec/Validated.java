package dev.signalbox.dnsclient.dnssec;

import dev.signalbox.dnsclient.resolver.LookupOutcome;
import org.jspecify.annotations.Nullable;

/**
 * An answer and what to think of it.
 *
 * @param outcome the answer as the resolver gave it, bogus or not
 * @param verdict null when no resolver answered
 */
public record Validated(LookupOutcome outcome, @Nullable Verdict verdict) {}
