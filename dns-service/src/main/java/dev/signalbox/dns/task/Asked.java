package dev.signalbox.dns.task;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;

/** A question and what came of it. */
record Asked(Question question, LookupOutcome outcome) {}
