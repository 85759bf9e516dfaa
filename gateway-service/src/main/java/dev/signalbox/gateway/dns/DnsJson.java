package dev.signalbox.gateway.dns;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.dns.DnsEdns;
import dev.signalbox.contracts.dns.DnsFlags;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer in {@code application/dns-json}, with the key names of Google's public resolver, which
 * other resolvers use too.
 *
 * @param status response code
 * @param answer absent when empty, as are the next two
 * @param subnet the client subnet of the answer, {@code address/prefix}
 * @param comment the resolver, or the error
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record DnsJson(
    @JsonProperty("Status") @JsonInclude(JsonInclude.Include.ALWAYS) int status,
    @JsonProperty("TC") @JsonInclude(JsonInclude.Include.ALWAYS) boolean tc,
    @JsonProperty("RD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean rd,
    @JsonProperty("RA") @JsonInclude(JsonInclude.Include.ALWAYS) boolean ra,
    @JsonProperty("AD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean ad,
    @JsonProperty("CD") @JsonInclude(JsonInclude.Include.ALWAYS) boolean cd,
    @JsonProperty("Question") @JsonInclude(JsonInclude.Include.ALWAYS) List<Question> question,
    @JsonProperty("Answer") List<Data> answer,
    @JsonProperty("Authority") List<Data> authority,
    @JsonProperty("Additional") List<Data> additional,
    @JsonProperty("edns_client_subnet") @Nullable String subnet,
    @JsonProperty("Comment") @Nullable String comment) {

  private static final int SERVFAIL = 2;

  /** Record types from IANA's registry "Resource Record (RR) TYPEs". */
  private static final String REGISTRY =
      """
      A 1 NS 2 MD 3 MF 4 CNAME 5 SOA 6 MB 7 MG 8 MR 9 NULL 10 WKS 11 PTR 12 HINFO 13 MINFO 14 MX 15 TXT 16
      RP 17 AFSDB 18 X25 19 ISDN 20 RT 21 NSAP 22 NSAP-PTR 23 SIG 24 KEY 25 PX 26 GPOS 27 AAAA 28 LOC 29
      NXT 30 EID 31 NIMLOC 32 SRV 33 ATMA 34 NAPTR 35 KX 36 CERT 37 A6 38 DNAME 39 SINK 40 OPT 41 APL 42
      DS 43 SSHFP 44 IPSECKEY 45 RRSIG 46 NSEC 47 DNSKEY 48 DHCID 49 NSEC3 50 NSEC3PARAM 51 TLSA 52
      SMIMEA 53 HIP 55 NINFO 56 RKEY 57 TALINK 58 CDS 59 CDNSKEY 60 OPENPGPKEY 61 CSYNC 62 ZONEMD 63
      SVCB 64 HTTPS 65 SPF 99 NID 104 L32 105 L64 106 LP 107 EUI48 108 EUI64 109 TKEY 249 TSIG 250
      IXFR 251 AXFR 252 MAILB 253 MAILA 254 ANY 255 URI 256 CAA 257 AVC 258 DOA 259 AMTRELAY 260
      TA 32768 DLV 32769
      """;

  private static final Map<String, Integer> TYPE_NUMBERS = typeNumbers();

  /** A question; the type by number. */
  record Question(String name, int type) {}

  /** A record; the type by number. */
  record Data(String name, int type, @JsonProperty("TTL") long ttl, String data) {}

  /** A response of a resolver. */
  static DnsJson of(DnsResult result) {
    DnsFlags flags = result.flags();
    DnsEdns edns = result.edns();
    return new DnsJson(
        result.rcodeValue(),
        flags.tc(),
        flags.rd(),
        flags.ra(),
        flags.ad(),
        flags.cd(),
        result.question().stream()
            .map(asked -> new Question(asked.name(), typeNumber(asked.type())))
            .toList(),
        records(result.answers()),
        records(result.authority()),
        records(result.additional()),
        edns == null || edns.clientSubnet() == null ? null : edns.clientSubnet().address(),
        "Response from " + result.resolver() + ".");
  }

  /** SERVFAIL, when no resolver answered. */
  static DnsJson unanswered(String name, String type, boolean cd, TaskError error) {
    return new DnsJson(
        SERVFAIL,
        false,
        true,
        true,
        false,
        cd,
        List.of(new Question(name.endsWith(".") ? name : name + ".", typeNumber(type))),
        List.of(),
        List.of(),
        List.of(),
        null,
        error.message());
  }

  private static List<Data> records(List<DnsRecord> section) {
    return section.stream()
        .map(record ->
            new Data(record.name(), typeNumber(record.type()), record.ttl(), record.data()))
        .toList();
  }

  /** The number of a type by its name or as TYPEnnn (RFC 3597); 0 when unknown. */
  private static int typeNumber(String name) {
    Integer known = TYPE_NUMBERS.get(name);
    if (known != null) {
      return known;
    }
    return name.matches("TYPE[0-9]{1,5}") ? Integer.parseInt(name.substring("TYPE".length())) : 0;
  }

  private static Map<String, Integer> typeNumbers() {
    String[] words = REGISTRY.strip().split("\\s+");
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      numbers.put(words[i], Integer.valueOf(words[i + 1]));
    }
    return Map.copyOf(numbers);
  }
}
