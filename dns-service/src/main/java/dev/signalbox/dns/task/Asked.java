package dev.signalbox.dns.task;

import dev.signalbox.dnsclient.dnssec.Verdict;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import org.jspecify.annotations.Nullable;

/** A question, what came of it, and what to think of that when the task wants to know. */
record Asked(Question question, LookupOutcome outcome, @Nullable Verdict verdict) {

  Asked(Question question, LookupOutcome outcome) {
    this(question, outcome, null);
  }
}
