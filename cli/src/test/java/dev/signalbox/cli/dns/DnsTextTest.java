package dev.signalbox.cli.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.dns.DnsArguments.Section;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DnsTextTest {

  private static String full(JsonNode result) {
    return DnsText.full(result, EnumSet.allOf(Section.class));
  }

  @Test
  void givenTheAnswerSectionAlone_whenAResultIsPrinted_thenOnlyItsRecordsArePrinted()
      throws Exception {
    assertThat(DnsText.full(json(RESULT.formatted("")), Set.of(Section.ANSWER)).lines())
        .allMatch(line -> !line.startsWith(";"))
        .isNotEmpty();
  }

  private static final String RESULT =
      """
      {"domain":"a.test","ip_address":"192.0.2.1","rcode":"NOERROR","rcode_value":0,
       "flags":{"aa":false,"tc":false,"rd":true,"ra":true,"ad":true,"cd":false},
       "question":[{"name":"a.test.","type":"A"}],
       "answers":[{"name":"a.test.","type":"A","ttl":300,"data":"192.0.2.1"},
                  {"name":"a.test.","type":"A","ttl":300,"data":"192.0.2.2"}],
       "authority":[{"name":"a-zone-with-a-rather-long-name.test.","type":"NS","ttl":3600,"data":"ns.test."}],
       "additional":[],
       "edns":{"version":0,"udp_size":1232,"dnssec_ok":true,"nsid":"node 1",
               "client_subnet":{"address":"192.0.2.0/24","scope":0},
               "extended_errors":[{"code":3,"name":"Stale Answer","text":"served stale"}],"options":[]},
       "resolver":"127.0.0.1:53","protocol":"tcp","tcp_fallback":true,"attempts":2,
       "timings_ms":{"connect":1.25,"tls":null,"query":12.4}%s}
      """;

  private static JsonNode json(String text) throws IOException {
    return Json.mapper().readTree(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsThatCouldNotBeReadAreNamed() throws IOException {
    String one = "record 1 of the additional section, A with 3 bytes of data";

    assertThat(full(json(RESULT.formatted(",\"malformed\":[\"" + one + "\"]"))))
        .contains("\n;; Malformed: " + one + "\n");
    assertThat(full(json(RESULT.formatted(",\"malformed\":[]"))))
        .isEqualTo(full(json(RESULT.formatted(""))));
  }

  @Test
  void anAnswerLooksLikeThatOfDig() throws IOException {
    assertThat(full(json(RESULT.formatted(""))))
        .isEqualTo(
            """
            ;; Truncated, asked again over TCP
            ;; ->>HEADER<<- opcode: QUERY, status: NOERROR
            ;; flags: qr rd ra ad; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 1

            ;; OPT PSEUDOSECTION:
            ; EDNS: version: 0, flags: do; udp: 1232
            ; NSID: node 1
            ; CLIENT-SUBNET: 192.0.2.0/24/0
            ; EDE: 3 (Stale Answer): (served stale)

            ;; QUESTION SECTION:
            ;a.test.\t\t\tIN\tA

            ;; ANSWER SECTION:
            a.test.\t\t\t300\tIN\tA\t192.0.2.1
            a.test.\t\t\t300\tIN\tA\t192.0.2.2

            ;; AUTHORITY SECTION:
            a-zone-with-a-rather-long-name.test.\t3600\tIN\tNS\tns.test.

            ;; Query time: 12 msec, connect: 1.3 msec
            ;; SERVER: 127.0.0.1#53 (TCP, attempt 2)
            """);
  }

  @Test
  void theShortFormIsTheDataAlone() throws IOException {
    assertThat(DnsText.brief(json(RESULT.formatted("")))).isEqualTo("192.0.2.1\n192.0.2.2\n");
  }

  @Test
  void whatIsNewInTheResultIsShownByItsName() throws IOException {
    String extra = ",\"cached\":true,\"dnssec\":{\"status\":\"bogus\"},\"later\":null";

    assertThat(full(json(RESULT.formatted(extra))))
        .endsWith(";; cached: true\n;; dnssec: {\"status\":\"bogus\"}\n");
  }

  private static final String TRACE =
      """
      [{"zone":"test.","question":{"name":"a.test.","type":"A"},"looking_for":null,
        "outcome":"referral","next":"a.test.",
        "servers":[{"name":"z.test.","address":null,"protocol":"udp","rcode":null,
                    "elapsed_ms":null,"error_code":"DNS","error":"has no address"},
                   {"name":"y.test.","address":"192.0.2.8:53","protocol":"udp","rcode":"REFUSED",
                    "elapsed_ms":1.25,"error_code":"DNS","error":"answered REFUSED"},
                   {"name":"x.test.","address":"192.0.2.9:53","protocol":"tcp","rcode":"NOERROR",
                    "elapsed_ms":12.4,"error_code":null,"error":null}],
        "answers":[],
        "authority":[{"name":"a.test.","type":"NS","ttl":60,"data":"ns.a.test."}],
        "additional":[{"name":"ns.a.test.","type":"A","ttl":60,"data":"192.0.2.7"}]}]\
      """;

  private static final String TRACE_TEXT =
      """
      ;; Zone test.: a.test. A
      ;; z.test.: DNS: has no address
      ;; y.test. at 192.0.2.8#53 (UDP), 1.3 msec: DNS: answered REFUSED
      ;; x.test. at 192.0.2.9#53 (TCP), 12 msec: NOERROR, referral to a.test.
      a.test.\t\t\t60\tIN\tNS\tns.a.test.
      ns.a.test.\t\t60\tIN\tA\t192.0.2.7

      """;

  @Test
  void aTraceIsShownStepByStepBeforeTheLastResponse() throws IOException {
    assertThat(full(json(RESULT.formatted(",\"trace\":" + TRACE))))
        .isEqualTo(TRACE_TEXT + full(json(RESULT.formatted(""))));
  }

  @Test
  void givenAStepWithOmittedRecords_whenATraceIsShown_thenTheirNumberFollowsTheRecords()
      throws IOException {
    String shortened = TRACE.replace("\"answers\":[]", "\"omitted\":236,\"answers\":[]");

    assertThat(DnsText.trace(json(shortened)))
        .isEqualTo(TRACE_TEXT.stripTrailing() + "\n;; and 236 more records\n\n");
  }

  @Test
  void aTraceWithoutResultIsShownToo() throws IOException {
    assertThat(DnsText.trace(json(TRACE))).isEqualTo(TRACE_TEXT);
  }

  @Test
  void whatWasFollowedIsShownWithWhatFailed() throws IOException {
    String followed =
        """
        ,"followed":[{"name":"mx.test.","addresses":["192.0.2.1","2001:db8::1"],"omitted":7,
          "lookups":[{"type":"A","rcode":"NOERROR","dnssec":{"status":"secure"},"error":null},
                     {"type":"AAAA","rcode":"NOERROR",
                      "dnssec":{"status":"bogus","reason":"forged"},"error":null}]},
         {"name":"gone.test.","addresses":[],
          "lookups":[{"type":"A","rcode":"NXDOMAIN","dnssec":null,"error":null},
                     {"type":"AAAA","rcode":null,"dnssec":null,
                      "error":{"code":"TIMEOUT","message":"no answer"}}]}],
        "not_followed":3\
        """;

    assertThat(full(json(RESULT.formatted(followed))))
        .contains(
            """

            ;; FOLLOWED:
            mx.test.\t\t\tIN\tA\t192.0.2.1
            mx.test.\t\t\tIN\tAAAA\t2001:db8::1
            ;; mx.test.: 7 more addresses
            ;; mx.test. AAAA: bogus: forged
            ;; gone.test. A: NXDOMAIN
            ;; gone.test. AAAA: TIMEOUT: no answer
            ;; 3 more names were not followed

            ;; Query time\
            """);
  }

  @Test
  void ofSeveralQuestionsThoseNotAnsweredSayWhy() throws IOException {
    String failure =
        "{\"domain\":\"a.test\",\"question\":[{\"name\":\"a.test.\",\"type\":\"MX\"}],"
            + "\"resolver\":\"192.0.2.9:53\",\"protocol\":\"udp\",\"attempts\":3,"
            + "\"error\":{\"code\":\"TIMEOUT\",\"message\":\"no answer\"}}";

    String both = "{\"queries\":[" + failure + "," + RESULT.formatted("") + "]}";

    assertThat(full(json(both)))
        .startsWith(";; a.test. MX at 192.0.2.9#53: TIMEOUT: no answer\n\n;; Truncated");
  }

  @Test
  void nothingFromTheNetworkCommandsTheTerminal() throws IOException {
    String result = RESULT.formatted(",\"note\":\"\\u001b[2Jgone\"");

    assertThat(full(json(result))).endsWith(";; note: \\x1b[2Jgone\n");
  }
}
