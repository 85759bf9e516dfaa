package dev.signalbox.dns.task;

import dev.signalbox.dns.message.Question;
import dev.signalbox.dns.resolver.LookupOutcome;

/** A question and what came of it. */
record Asked(Question question, LookupOutcome outcome) {}
