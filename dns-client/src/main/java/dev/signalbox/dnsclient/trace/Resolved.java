package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;

/**
 * How a name was resolved.
 *
 * @param question the last one asked: that of its alias, if it has one
 * @param outcome the response to it, or why there is none
 */
record Resolved(Question question, LookupOutcome outcome) {}
