package dev.signalbox.contracts.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a trace from the root: the servers of one zone are asked in turn, until one sends a
 * response that leads on.
 *
 * @param zone whose servers are asked, with the final dot
 * @param question what they are asked
 * @param lookingFor the name server whose address this step looks for, because a referral came
 *     without one that can be trusted; null when it looks for the name of the task
 * @param outcome "referral" to the servers of a zone below, "alias" to a name that is looked up
 *     next, "answer", "no_data" (the name has no record of this type), "nxdomain", "yxdomain" (a
 *     DNAME record makes a name that is too long), or "unanswered" when no server of the zone
 *     helped
 * @param servers every server that was tried, in order; the last one sent the response, if there is
 *     one
 * @param next the zone referred to, or the name the alias stands for; null for other outcomes
 * @param answers answer section of the response; empty without a response, as are the next two
 * @param authority authority section: the NS records of a referral
 * @param additional additional section: the addresses that came with a referral
 * @param omitted records of the response that are left out: of each section the first 64 are kept,
 *     and none once the records of a trace have 262,144 characters
 */
public record DnsTraceStep(
    String zone,
    DnsQuestion question,
    @Nullable String lookingFor,
    String outcome,
    List<DnsTraceServer> servers,
    @Nullable String next,
    List<DnsRecord> answers,
    List<DnsRecord> authority,
    List<DnsRecord> additional,
    int omitted) {

  public DnsTraceStep {
    servers = List.copyOf(servers);
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
  }
}
