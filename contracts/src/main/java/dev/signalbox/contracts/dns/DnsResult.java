package dev.signalbox.contracts.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one resolver answered to one question: the result of the task {@code dns_query}.
 *
 * @param domain the name as the client wrote it
 * @param ipAddress the first IPv4 address of the name, at the end of its aliases; null when there
 *     is none or the response code is not {@code NOERROR}
 * @param rcode response code by name, such as {@code NOERROR} or {@code NXDOMAIN}
 * @param rcodeValue the same as a number, with the upper bits EDNS adds
 * @param flags header flags of the answer
 * @param question what was asked, as the answer repeats it
 * @param answers answer section, in the order received
 * @param authority authority section
 * @param additional additional section, without the OPT record that {@code edns} shows
 * @param malformed which records of the additional section could not be read and are left out, some
 *     words each; mostly empty
 * @param edns what the resolver said by EDNS; null when it said nothing
 * @param dnssec what validation found; null when none was wanted
 * @param resolver who answered, {@code address:port} or the URL
 * @param protocol how the answer came: {@code udp, tcp, tls} or {@code https}
 * @param tcpFallback whether UDP was tried first and left for TCP
 * @param attempts messages sent until the answer came, that one included; 0 when cached
 * @param cached whether the answer is from the cache: no resolver was asked, and the TTLs have
 *     counted down
 * @param timingsMs where the time of the last attempt went
 * @param trace every step from the root, when the task traces; this result then shows the response
 *     of the last step. Null when it does not
 * @param followed the addresses of the names that the answers point to, each name once, in the
 *     order of the answers; null when the task does not follow
 * @param notFollowed how many further names were left out, because a task follows a limited number;
 *     null when it does not follow
 */
public record DnsResult(
    String domain,
    @Nullable String ipAddress,
    String rcode,
    int rcodeValue,
    DnsFlags flags,
    List<DnsQuestion> question,
    List<DnsRecord> answers,
    List<DnsRecord> authority,
    List<DnsRecord> additional,
    List<String> malformed,
    @Nullable DnsEdns edns,
    @Nullable DnsSecurity dnssec,
    String resolver,
    String protocol,
    boolean tcpFallback,
    int attempts,
    boolean cached,
    DnsTimings timingsMs,
    @Nullable List<DnsTraceStep> trace,
    @Nullable List<DnsFollowed> followed,
    @Nullable Integer notFollowed) {

  public DnsResult {
    question = List.copyOf(question);
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
    malformed = List.copyOf(malformed);
    trace = trace == null ? null : List.copyOf(trace);
    followed = followed == null ? null : List.copyOf(followed);
  }
}
