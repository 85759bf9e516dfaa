package dev.signalbox.dns.task;

import dev.signalbox.contracts.dns.DnsFollowed;
import dev.signalbox.dnsclient.dnssec.Verdict;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.transport.Upstream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question and its outcome.
 *
 * @param upstreams the resolvers asked, in order; empty when none could be asked
 * @param verdict null unless the task validates
 * @param followed null unless the task follows
 */
record Asked(
    Question question,
    LookupOutcome outcome,
    List<Upstream> upstreams,
    @Nullable Verdict verdict,
    @Nullable Followed followed) {

  Asked {
    upstreams = List.copyOf(upstreams);
  }

  Asked(Question question, LookupOutcome outcome, List<Upstream> upstreams) {
    this(question, outcome, upstreams, null, null);
  }

  /**
   * What the answer points to.
   *
   * @param left how many names were left out
   */
  record Followed(List<DnsFollowed> names, int left) {

    Followed {
      names = List.copyOf(names);
    }
  }

  Asked judged(@Nullable Verdict judgement) {
    return new Asked(question, outcome, upstreams, judgement, followed);
  }

  Asked with(Followed addresses) {
    return new Asked(question, outcome, upstreams, verdict, addresses);
  }
}
